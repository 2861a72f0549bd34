"""Parts under a tool's title: what a tool wrote goes, what the author wrote stays."""

import time

import pytest

from tests.core.test_clean import PROSE, article
from twin_core.features.footers import footers_all
from twin_core.markdown import blocks

MEMOIR = (
    "I was born above a bakery, and the first thing that I remember is the smell of rye at four in "
    "the morning. My father let me weigh the salt. I left when I was nineteen, came back at "
    "thirty, and have not slept past five since."
)
OWN = [
    "## Newsletter\n\nThe newsletter went out on Sundays, and the staff hated it. Nobody said so.",
    "## Stay in touch\n\nThe form asked for an e-mail address, and nobody at the mill had any.",
    "## Newsletter\n\nI closed my newsletter in May, after eleven years, since nobody had answered "
    "a single issue of it for a whole winter long.",
    "## Newsletter\n\nMy newsletter died in May.",
    "## Newsletter\n\nIch habe meinen Newsletter im Mai eingestellt, nach elf Jahren.",
    "## Newsletter\n\nCerré mi boletín en mayo, después de once años de silencio.",
    "## Stay in touch\n\nWe never did. We wrote each other two letters, and then I moved away.",
    "## Related posts\n\nThe fence has three of them, and each is as old as the house.",
    "## Keep reading\n\nMy teacher wrote that under each of my essays, and so I did.",
    "## Read next\n\nWhat I read next was the wall: it said to leave.",
    "## 3 comments\n\nThat is all that eleven years of work on bees have brought me.",
    "## Comments (2)\n\nBoth came from my mother, who liked the bread but not the title.",
    "## 2 Kommentare\n\nBeide kamen von meiner Mutter, die das Brot mochte.",
    f"## About the author\n\n{MEMOIR}",
    f"## About the author\n\n{MEMOIR} I left Twitter, and my newsletter, in 2022.",
    "## Discussion\n\nAnna, 3 May 2023\n\nI never weigh the salt.\n\nPeter, 4 May 2023\n\n"
    "I always weigh it, and twice in June.",
    "## Responses\n\nHelen, May 3, 1953\n\nThe mill is closed.\n\nGeorge, June 4, 1953\n\n"
    "Then we grind by hand.",
]
TOOLS = [
    "## Newsletter\n\nI send one letter a month; you can subscribe here.",
    "## Newsletter\n\nMy letter, each week, in your inbox.",
    "## Newsletter\n\nI write about bees. [Join](https://fern.example/join)",
    "## Newsletter\n\nOne letter a week, no more.",
    "## Subscribe to my letter\n\nI send a letter each week.",
    "## Stay in touch\n\nFollow me on Mastodon, where I am Ada.",
    "## About the author\n\nAda Fern keeps bees.",
    "## About the author\n\nI'm Ada, and I keep bees in the north.",
    "## About the author\n\nI'm Ada. [My books](https://fern.example/books) are about bees.",
    "## Related posts\n\nMoss\n\nA walk through the moss of the north. [Read](https://fern.example/m)",
    "## Related posts\n\n- Moss\n- How I learnt to bake\n- Why do bees dream?",
    "## Keep reading\n\nHow I learnt to bake",
    "## 3 comments\n\nComments are closed.",
    "## 3 comments\n\nYou must be logged in to post a comment.",
    "## 2 Comments\n\nGreat post!",
    "## 1 comment\n\nMaya\n\n3 days ago\n\nThis changed how I see my bees, thank you for it.",
    "## Discussion\n\nAnna, 3 May 2023\n\nI never weigh.\n\nReply\n\nPeter, 4 May 2023\n\nI do.",
    "## Webmentions\n\nAnna, 3 May 2023\n\nLiked it.\n\nPeter, 4 May 2023\n\nMe too.",
    "## 2 Comments\n\nAnna, 3 May 2023\n\nI never weigh.\n\nPeter, 4 May 2023\n\nI do.",
]


def cut(text: str) -> set[int]:
    return {*footers_all([text], [blocks(text)])[0]}


@pytest.mark.parametrize("own", OWN)
def test_the_authors_sentences_stay_under_a_tools_title(own: str):
    assert cut(f"{PROSE.strip()}\n\n{own}") == set()
    assert cut(f"{article(1)}\n\n{own}\n\n## Method\n\n{article(2, 90)}") == set()


@pytest.mark.parametrize("part", TOOLS)
def test_what_a_tool_wrote_under_its_title_goes(part: str):
    text = f"{PROSE.strip()}\n\n{part}"
    assert cut(text) == set(range(1, len(blocks(text))))


@pytest.mark.parametrize(
    "pump", ["a ", "! ", "!*", ".)", "- ", "i, ", "and ", "you can ", "!\u00a0", "3 may 2023 "]
)
@pytest.mark.parametrize(
    "title", ["Related posts", "Discussion", "3 comments", "Newsletter", "Webmentions"]
)
def test_hostile_parts_take_linear_time(title: str, pump: str):
    text = f"{PROSE}\n\n## {title}\n\nOne two three four five {pump * 50_000}\x00"
    started = time.process_time()
    cut(text)
    assert time.process_time() - started < 2


def test_links_in_bold_type_side_by_side_are_read_once():
    line = "[a](b)**" * 70 + " newsletter"
    started = time.process_time()
    assert cut(f"{article(1, 90)}\n\n{line}\n\n{article(2, 90)}") == set()
    assert time.process_time() - started < 2


@pytest.mark.parametrize("title", ["### Share this:", "### Share this article"])
def test_what_follows_a_share_bar_under_its_heading_stays(title: str):
    bar = (
        "[Twitter](https://twitter.com/intent/tweet?url=b) [Email](mailto:?body=https://b.example)"
    )
    last = "The last loaf was my grandfather's, and the only one that ever came back to us whole."
    text = f"{article(1)}\n\n{title}\n\n{bar}\n\n{last}"
    parsed = blocks(text)
    (cuts,) = footers_all([text], [parsed])
    assert sorted(cuts) == [len(parsed) - 3, len(parsed) - 2]
