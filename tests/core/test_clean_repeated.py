"""What a site repeats is learnt: short lines at the edges of most documents, whatever date or count
they hold; a long paragraph stays where it stood first."""

import random
import time

import numpy as np
import polars as pl
import pytest

from tests.core.test_clean import BIO, article, raw
from twin_core.features import boilerplate
from twin_core.features.clean import BOILERPLATE, clean, extract, usable
from twin_core.features.settle import LIGHT, settle
from twin_core.features.shingles import digests

DATES = [f"{month} {3 + n}, 20{20 + n}" for n, month in enumerate(["May", "June", "March"] * 4)]
NUMBERED = [n * 37 % 100 for n in range(12)]
LINES = [  # under no rule of `footers`
    "Until next week, Mara",
    "Made on a train.",
    "Brewed on {date} in the north",
    "Mara Lind, {number} minutes of your life",
    "Number {number}",
    "{date}",
    "Fern Notes, issue #{number}",
    "The {number}th edition of a letter",
    "{number} claps, {number} replies, posted at 10:30 on {date}",
    "Fern Notes © {year} by Mara Lind",
    "**{number} visits**",
    "- Home\n- About\n- Feed",
    "[Mail me back](mailto:mara@fern.example?subject={number})",
]
OWN = [  # at the end of each document, or at its start
    "## Conclusion",
    "**Ingredients**",
    "Ingredients:",
    "```\nmake\n```",
    "- {number} g flour\n- {number} g water",
    "Verdict: {number} out of 5 loaves.",
    "Rain: {number} mm. Wind: {number} km/h. Bees out: 30.",
    "Loaves baked: {number}. Loaves eaten: {number}. Regrets: 1.",
    "Total cost of this month: {number} euros, of which 31 went on flour.",
    "It is {number} degrees in the kitchen and raining.",
    "{date}: {number} loaves, at 14:30.",
    "I ran {number} km and read 3 books this week.",
    "On {date} it was cold in the kitchen where I wrote this.",
]


def said(line: str, place: int) -> str:
    return line.format(date=DATES[place], number=NUMBERED[place], year=2013 + place)


def cut(bodies: list[str]) -> list[int]:
    return clean(raw(*bodies))["removed"].to_list()


def alike(one: str, other: str) -> bool:
    """Whether two lines, which are not the same, differ in the last bits alone."""
    a, b = (digests([text], [[(0, len(text), False)]])[0][0] for text in (one, other))
    assert a != b
    return bool(a >> np.uint64(32) == b >> np.uint64(32))


@pytest.mark.parametrize("line", LINES)
@pytest.mark.parametrize("first", [True, False])
def test_a_short_line_at_the_edge_of_most_documents_is_the_sites(line: str, first: bool):
    bodies = [[article(n), said(line, n)] for n in range(12)]
    docs = clean(raw(*("\n\n".join(parts[::-1] if first else parts) for parts in bodies)))
    assert docs["text"].to_list() == [article(n) for n in range(12)]
    assert docs["removed_by"].to_list() == [[{"rule": BOILERPLATE, "blocks": 1}]] * 12


def test_a_stack_of_short_lines_goes_whole():
    stack = "\n\n".join(LINES[:5])
    bodies = [f"{article(n)}\n\n{said(stack, n)}" for n in range(12)]
    assert cut(bodies) == [5] * 12


@pytest.mark.parametrize("line", OWN)
@pytest.mark.parametrize("first", [True, False])
def test_what_heads_or_lists_something_is_the_authors(line: str, first: bool):
    parts = [[said(line, n), article(n)] for n in range(12)]
    assert cut(["\n\n".join(found if first else found[::-1]) for found in parts]) == [0] * 12


@pytest.mark.parametrize(
    ("having", "of", "learnt"), [(6, 12, True), (5, 12, False), (7, 7, False), (6, 8, True)]
)
def test_it_takes_half_of_at_least_eight_documents(having: int, of: int, learnt: bool):
    bodies = [article(n) + ("\n\nMade on a train." if n < having else "") for n in range(of)]
    assert sum(cut(bodies)) == learnt * having


def test_a_refrain_amid_the_text_is_the_authors_also_at_its_end():
    refrain = "And so it goes."
    amid = [f"{article(n)}\n\n{refrain}\n\n{article(n + 50)}" for n in range(12)]
    assert cut(amid) == [0] * 12
    assert cut([f"{text}\n\n{refrain}" for text in amid]) == [0] * 12


def test_what_another_site_repeats_at_its_edges_stays():
    rows = raw(*(f"{article(n)}\n\nMade on a train." for n in range(14)))
    urls = [f"https://{'fern' if n < 7 else 'moss'}.example/{n}" for n in range(14)]
    assert clean(rows.with_columns(url=pl.Series(urls)))["removed"].sum() == 0


def test_copies_do_not_make_a_line_the_sites():
    bodies = [f"{article(max(n, 5))}\n\nMade on a train." for n in range(7)]
    assert cut([*bodies, *(article(20 + n) for n in range(7))]) == [0] * 14


def test_texts_that_differ_in_numbers_alone_are_no_copies():
    lines = [
        "\n\n".join(f"Day {n * 100 + day}: rain, wind and snow." for day in range(9))
        for n in range(9)
    ]
    docs = clean(raw(*lines))
    assert docs["duplicate_of"].null_count() == docs.height


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("Updated on May 3, 2023.", "Updated on 12 June 2024", True),
        ("Zuletzt am 3. Mai 2023", "Zuletzt am 14. März 2024", True),
        ("3 min read", "12 min read", True),
        ("3 min read", "3 min ride", False),
        ("We may come", "We might come", False),
        ("2023-05-03", "3/5/2024", True),
        ("3 loaves", "12 loaves", False),
        ("Baked: 3", "Baked: 12", False),
        ("❤ 3", "❤ 12", True),
        ("Likes: 3 · Comments: 4", "Likes: 12 · Comments: 1", True),
        ("1.2K Followers", "980 Followers", True),
        ("Liked by 3 people", "Liked by 12 people", True),
        ("Updated 3 days ago", "Updated 2 hours ago", True),
        ("vor 3 Tagen", "vor 12 Tagen", True),
        ("Fern Notes 3", "Fern Notes 12", True),
        ("3 / 120", "12 / 120", True),
        ("S02E7", "S02E8", True),
        ("3 Aufrufe", "12 Aufrufe", True),
        ("Viewed 3 times", "Viewed 12 times", True),
        ("Feed it 3 times", "Feed it 12 times", False),
        ("Page 3 of 120", "Page 12 of 120", True),
        ("A batch of 3", "A batch of 12", False),
        ("*Gelesen: 3 mal*", "*Gelesen: 12 mal*", True),
        ("*4.5k Aufrufe*", "*812 Aufrufe*", True),
        ("72 Retweets 76 Likes", "3 Retweets 1 Likes", True),
        ("47 views · 49 visits", "3 views · 812 visits", True),
        ("Liked by Ana and 42 others", "Liked by Bo and 3 others", False),
        ("Liked by Ana and 42 others", "Liked by Ana and 3 others", True),
        ("This post was viewed 17 times", "This post was viewed 3 times", True),
        ("5 stars", "2 stars", False),
        ("This book was read 3 times", "This book was read 12 times", False),
        ("Liked by my mother and 3 others", "Liked by my mother and 12 others", False),
        ("2 hits, 3 saves", "4 hits, 1 saves", False),
        ("Seite 3 von 120", "Seite 12 von 120", True),
        ("The goalkeeper made 3 saves.", "The goalkeeper made 12 saves.", False),
        ("3 visits to the dentist", "12 visits to the dentist", False),
        ("Finished page 3 of Ulysses.", "Finished page 12 of Ulysses.", False),
        ("Part 3 came late.", "Part 12 came late.", False),
        ("Tonight's word count: 3", "Tonight's word count: 12", False),
        ("Loaves of 2023", "Loaves of 2024", True),
        ("Loaves: 2023", "Loaves: 20,230", False),
        ("Post 3, 12 comments", "Post 14, 3 comments", True),
        ("第3号", "第14号", True),
    ],
)
def test_numbers_and_dates_of_a_short_block_are_in_its_last_bits(
    one: str, other: str, expected: bool
):
    assert alike(one, other) == expected


@pytest.mark.parametrize(
    "line",
    [
        "12 people came to dinner",
        "The oven fed 12 people this week.",
        "12 people read it aloud",
        "The village (12 people) has one oven.",
        "12 readers, one oven",
        "12 readers wrote back.",
        "12 subscribers left in anger",
        "12 votes for rye",
        "12 shares of Fern Ltd.",
        "12 views of the mountain",
        "12 words on bread",
        "12 mots sur le pain",
        "12 loaves\n18 downloads",
        "The whole story in 12 words.",
        "12 responses to one advert",
        "12 reactions to the news",
        "12 Kommentare zum Brot",
        "Likes: 12 of the neighbours",
        "Rye: 12 votes. Wheat: 12 votes.",
        "Il y a 12 pains sur la table.",
        "Hace 12 panes cada domingo.",
        "Sie stand vor 12 Broten und weinte.",
        "No 12 bus came.",
        "Letter 12 went to the mayor.",
        "The post 12 metres on is rotten.",
        "Vol 12 from Bonn was late.",
        "12 issues were closed.",
        "#12 on the list of regrets.",
        "The 12th episode was the best.",
    ],
)
def test_numbers_within_a_sentence_are_the_authors(line: str):
    assert not alike(line, line.replace("12", "3"))


@pytest.mark.parametrize(
    "line",
    [
        "5 min read · 12 comments · Share",
        "12 likes 3 comments",
        "12 likes, 3 comments, last on May 3",
        "900 words, 12 min read",
        "5 min read, 12 comments",
        "Mara Lind | May 3, 2023 | 12 comments",
        "May 3, 2023 12 comments",
        "Post views: 12 · Share",
        "❤ 12 likes 💬 3 comments Share",
        "Posted by Mara (12 comments)",
        "12 people found this helpful",
        "Esta entrada ha sido vista 12 veces",
        "**12 visits**",
        "**Visits:** 12",
        "**Likes:** 12 · **Comments:** 3",
        "12 visits\n18 downloads",
        "12.2M views",
        "12 Wörter · 3 Kommentare",
        "12 palabras",
        "Temps de lecture : 3 min - 12 mots",
        "12 117 vues",
        "12\u202f117 vues",
        "View all 12 comments",
        "12 Kommentare zu diesem Beitrag",
        "Issue 12 of Fern Notes",
        "Issue 12 of the Fern Notes",
        "12. Ausgabe der Fern-Notizen",
        "Newsletter 12 vom 3. Mai 2023",
        "Vol. 12 no. 3",
        "Day 12",
    ],
)
def test_numbers_that_stand_by_themselves_are_the_tools(line: str):
    assert alike(line, line.replace("12", "4"))


@pytest.mark.parametrize(
    "piece",
    [
        *(": " * 100_000, "3 " * 100_000, "_" * 200_000, "1" * 200_000),
        *("](" * 200_000, "](" + "(" * 200_000, "see [a](b " * 40_000, "](a(b)" * 40_000),
        ("part 1 of " + "2" * 16 + "visits") * 6 + "!",
        "3 mal gelesen " * 6 + "!",
        "page 1 of 2333 likes " * 3 + "!",
        "liked by a a a a a a a a a a a a and 3 others!",
    ],
)
def test_hostile_blocks_take_linear_time(piece: str):
    started = time.process_time()
    assert len(digests([piece], [[(0, len(piece), False)]])[0]) == 1
    assert time.process_time() - started < 2


INTRO = article(900, 160)


@pytest.mark.parametrize(("having", "of"), [(4, 4), (8, 20)])
def test_a_long_paragraph_that_recurs_stays_in_the_earliest(having: int, of: int):
    bodies = [f"{INTRO}\n\n{article(n, 200)}" if n < having else article(n) for n in range(of)]
    docs = clean(raw(*bodies))
    assert [INTRO in text for text in docs["text"]] == [True] + [False] * (of - 1)
    assert docs["removed"].to_list() == [0] + [1] * (having - 1) + [0] * (of - having)
    backwards = clean(raw(*bodies).with_columns(pl.col("published_at").reverse()))
    assert [INTRO in text for text in backwards["text"]].index(True) == having - 1


def test_a_long_paragraph_stays_in_a_document_that_is_used():
    """The earliest is a copy: a fuller edition stands for it."""
    text = article(1, 300)
    others = [f"{INTRO}\n\n{article(n, 200)}" for n in range(2, 6)]
    docs = clean(raw(f"{INTRO}\n\n{text}", *others, f"{INTRO}\n\n{text}\n\n{article(7, 90)}"))
    assert docs["duplicate_of"].to_list() == ["d5", *[None] * 5]
    assert sum(INTRO in text for text in usable(docs)["text"]) == 1


def test_settling_is_of_its_rows_in_any_order_and_says_the_same_after_an_edit():
    rng = random.Random(4)
    ends = ["", *LINES[:5], BIO, INTRO]
    bodies = [f"{article(n)}\n\n{said(rng.choice(ends), n % 12)}" for n in range(60)]
    whole = extract(raw(*bodies)).select(LIGHT)
    wanted = settle(whole)
    assert settle(whole.sample(fraction=1, shuffle=True, seed=1)).equals(wanted)
    edited = extract(raw(*[f"{body} x" if n == 7 else body for n, body in enumerate(bodies)]))
    part = pl.concat([whole.filter(pl.col("doc_id") != "d7"), edited.select(LIGHT)[7:8]])
    assert settle(part).equals(settle(edited.select(LIGHT)))


def test_nothing_recurs_in_nothing():
    empty = np.zeros(0, np.int64)
    found = boilerplate.recurring(empty, np.zeros(0, np.uint64), empty, empty)
    assert found.shape == (0,)
