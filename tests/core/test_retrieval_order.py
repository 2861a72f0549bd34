"""Questions that name an article by its place in time, or a time, and ask for another one."""

from datetime import UTC, date, datetime

import pytest

from twin_core.index.base import Filters
from twin_core.retrieval.dates import period_of
from twin_core.retrieval.recency import by_order, in_order
from twin_core.retrieval.selfquery import read_question

TODAY = date(2026, 11, 24)
SOURCES = ("ines.example.org", "medium.com", "linkedin", "ines.substack.com")
READERS_OWN = """
How do I write first?
What should I publish first?
What should you write first?
What would you have written first?
What do you write first?
What did he write first?
What have I written last?
Where do I post first?
How do I write my first article?
how to write the first post
What is the last article you read?
What is the last article that I read?
Was soll ich zuerst schreiben?
Was habe ich zuletzt geschrieben?
Qu'est-ce que j'ai écrit en dernier ?
""".strip().splitlines()
SPOKEN_OF = """
What did you write about your first post?
What have you said about your latest article?
Was hast du über deinen ersten Artikel geschrieben?
Qu'as-tu écrit sur ton premier article ?
""".strip().splitlines()
ANOTHER_PLACE = """
What came after your first post?
What did you write before your latest article?
Which articles came before your latest article?
Which articles came after your first article?
What have you posted since your last post?
What did you write until your last article?
older than your latest article
newer than your latest article?
Is it older than your latest post?
the last article but one
How does your first post compare with your latest post?
What was your first post this year?
your first post today
Was hast du nach deinem ersten Artikel geschrieben?
Was hast du vor deinem letzten Artikel geschrieben?
Was hast du geschrieben, bevor dein letzter Artikel erschien?
Was hast du seit deinem letzten Artikel geschrieben?
Was ist älter als dein letzter Artikel?
avant ton dernier article
après ton premier article
Qu'as-tu écrit depuis ton dernier article ?
antes de tu último artículo
después de tu primera entrada
¿Qué escribiste desde tu último artículo?
""".strip().splitlines()
DENIED = """
everything but your latest article
Show me every article but your latest article
What is not your latest article?
What is your newest article not about?
Don't show me your latest article
all except your first post
other than your newest text
Besides your latest article, what do you like?
Every post without your latest post
alles außer deinem neuesten Artikel
alle Artikel ohne deinen letzten Beitrag
Was ist nicht dein neuester Artikel?
Was hast du nicht zuletzt geschrieben?
tous sauf ton dernier article
Quel n'est pas ton dernier article ?
todo excepto tu último artículo
todos menos tu primer artículo
¿Cuál no es tu último artículo?
""".strip().splitlines()


@pytest.mark.parametrize("question", READERS_OWN + SPOKEN_OF + ANOTHER_PLACE + DENIED)
def test_another_article_than_the_one_named_is_searched_for(question: str):
    assert by_order(question, lambda: "dcba") is None


@pytest.mark.parametrize(
    ("question", "docs"),
    [
        ("What did you last write?", "d"),
        ("What did you ever publish first?", "a"),
        ("What have you written most recently?", "d"),
        ("What have you last published?", "d"),
        ("Could you tell me what you wrote last?", "d"),
        ("Which of your articles was first published?", "a"),
        ("Would you write a summary of your latest article?", "d"),
        ("I want you to write a summary of your latest article", "d"),
        ("Can I read your latest article?", "d"),
        ("Was hast du zuerst veröffentlicht?", "a"),
        ("Letzter Beitrag?", "d"),
        ("Which essay is your newest?", "d"),
        ("What's the newest thing on your blog?", "d"),
        ("Which of your articles is the oldest?", "a"),
        ("Welche deiner Artikel sind die ältesten?", "abc"),
        ("Was war dein allererster Artikel?", "a"),
        ("Quel est ton tout premier billet ?", "a"),
    ],
)
def test_what_the_author_has_written_first_or_last_is_found(question: str, docs: str):
    reading = by_order(question, lambda: "dcba")
    assert reading and reading.filters.doc_ids == tuple(docs)


@pytest.mark.parametrize(
    ("question", "since", "until", "source", "docs"),
    [
        ("What was your most recent post on Substack?", None, None, "ines.substack.com", "d"),
        ("What did you last post on LinkedIn?", None, None, "linkedin", "d"),
        ("Show me your first three posts on Medium", None, None, "medium.com", "abc"),
        ("What was your first post of 2024?", 2024, 2025, "", "a"),
        ("What was the last post of 2023?", 2023, 2024, "", "d"),
        ("What was your last article before 2020?", None, 2020, "", "d"),
        ("What was your first post this year?", 2026, 2027, "", "a"),
        ("What was your latest post on Medium in 2023?", 2023, 2024, "medium.com", "d"),
        ("Was hast du zuletzt auf Medium veröffentlicht?", None, None, "medium.com", "d"),
        ("What is your latest post?", None, None, "", "d"),
        ("What was your first Substack post?", None, None, "ines.substack.com", "a"),
        ("your last two LinkedIn posts", None, None, "linkedin", "dc"),
        ("first post in 2020 on Medium", 2020, 2021, "medium.com", "a"),
    ],
)
def test_the_first_or_last_is_that_of_the_period_and_source(
    question: str, since: int | None, until: int | None, source: str, docs: str
):
    asked: list[Filters] = []
    reading = in_order(
        read_question(question, TODAY, SOURCES), lambda within: asked.append(within) or "dcba"
    )
    days = [datetime(year, 1, 1, tzinfo=UTC) if year else None for year in (since, until)]
    assert asked == [Filters(since=days[0], until=days[1], sources=(source,) if source else ())]
    assert reading and reading.filters == Filters(doc_ids=tuple(docs))


@pytest.mark.parametrize(
    "question",
    [
        "What was your last post on Medium about bread?",
        "What does your latest post say about bread?",
        "Is your last post from 2020?",
        "Was your first post on Medium?",
        "Your latest article on Medium, not the one of 2020",
        "What was your last post before you joined Medium?",
        "Which posts followed your first post of 2020?",
    ],
)
def test_a_subject_or_another_question_leaves_the_order_out(question: str):
    assert in_order(read_question(question, TODAY, SOURCES), lambda _: "dcba") is None


@pytest.mark.parametrize(
    "question",
    [
        "What did you write since at least two years ago?",
        "What did you write since more than two years ago?",
        "What did you write since over two years ago?",
        "What did you write until at most two years ago?",
        "What have you written for at least two years?",
        "What have you written for at least the last two years?",
        "What have you held since at least March 2020?",
        "What did you publish from 2019 up to at least 2021?",
        "What did you write since before 2020?",
        "What did you write since around 2020?",
        "posts at least since 2020",
        "posts since 2020 at the latest",
        "posts since 2020 or earlier",
        "posts until 2020 or later",
        "posts before 2020 or later",
        "posts after 2020 or earlier",
        "posts between 2020 and 2022 or later",
        "Was hast du seit vor mindestens zwei Jahren geschrieben?",
        "Was hast du bis vor höchstens drei Jahren geschrieben?",
        "Was hast du seit mindestens März 2020 geschrieben?",
        "Beiträge spätestens seit 2020",
        "Was hast du ab 2020 oder früher geschrieben?",
        "Artikel bis 2020 oder später",
        "posts jusqu'après 2020",
        "Qu'as-tu écrit depuis il y a au moins deux ans ?",
        "posts in winter 2020/22",
    ],
)
def test_what_is_open_both_ways_is_no_period(question: str):
    assert period_of(question, TODAY) is None


@pytest.mark.parametrize(
    ("question", "since", "until"),
    [
        ("posts from more than two years ago", None, 2025),
        ("posts from before 2020", None, 2020),
        ("posts since 2020 and before 2023", 2020, 2023),
        ("posts after 2020 and before 2023", 2021, 2023),
        ("Was hast du vor mindestens zwei Jahren geschrieben?", None, 2025),
        ("Was hast du vor höchstens zwei Jahren geschrieben?", 2024, None),
        ("in 2019 - 20 articles", 2019, 2020),
        ("in 2019 – 20 posts please", 2019, 2020),
        ("posts in 2019 - 20 of them", 2019, 2020),
        ("Artikel aus 2019 - 20 Stück", 2019, 2020),
        ("in 2019 - 2000 words please", 2019, 2020),
        ("posts in 2019 – 20", 2019, 2021),
        ("posts from 2019 – 20 about bread", 2019, 2021),
        ("your 2019–20 articles", 2019, 2021),
        ("posts in summer 2020/21", 2020, 2022),
    ],
)
def test_years_are_those_that_the_words_around_them_leave(
    question: str, since: int | None, until: int | None
):
    period = period_of(question, TODAY)
    assert period
    assert (period.since, period.until) == tuple(
        None if year is None else datetime(year, 1, 1, tzinfo=UTC) for year in (since, until)
    )


@pytest.mark.parametrize(
    "question",
    [
        "What did you write in winter 2020/21?",
        "What did you write in the winter of 2020/2021?",
        "your posts, winter of 2020–2021",
        "Artikel aus dem Winter 2020/21",
        "Artikel im Winter 2020-21",
        "articles de l'hiver 2020/21",
        "artículos del invierno de 2020/21",
    ],
)
def test_a_winter_named_by_both_its_years_is_one(question: str):
    period = period_of(question, TODAY)
    assert period
    assert (period.since, period.until) == (
        datetime(2020, 12, 1, tzinfo=UTC),
        datetime(2021, 4, 1, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    "question",
    [
        "What did you write on LinkedIn and Medium heat?",
        "What did you write on LinkedIn and medium-sized firms?",
        "Why did you go from Medium to Substack?",
        "your posts on the way from Medium to LinkedIn",
        "What did you write after you moved from Medium?",
        "Why did you migrate your posts from Medium?",
    ],
)
def test_a_heat_or_a_move_names_no_source(question: str):
    assert read_question(question, TODAY, SOURCES).filters.sources == ()


@pytest.mark.parametrize(
    "question", ["Which posts come from Medium?", "Which important posts are from Medium?"]
)
def test_a_source_that_texts_come_from_is_one(question: str):
    assert read_question(question, TODAY, SOURCES).filters.sources == ("medium.com",)


@pytest.mark.parametrize(
    "question",
    [
        "What did you write about bread on Medium?",
        "What did you write about bread in your posts on Medium?",
        "Tell me about your posts on Medium",
        "What have you been posting on Medium?",
    ],
)
def test_a_source_of_the_texts_is_firm(question: str):
    reading = read_question(question, TODAY, SOURCES)
    assert (reading.firm, reading.filters.sources) == (True, ("medium.com",))


def test_a_source_and_the_time_before_or_after_it_are_both_read():
    filters = read_question("What did you post on Medium after 2021?", TODAY, SOURCES).filters
    since = datetime(2022, 1, 1, tzinfo=UTC)
    assert filters == Filters(since=since, sources=("medium.com",))
    filters = read_question("posts since the 3rd of May 2024 on Medium", TODAY, SOURCES).filters
    assert filters == Filters(since=datetime(2024, 5, 3, tzinfo=UTC), sources=("medium.com",))


@pytest.mark.parametrize(
    "part",
    ["did you ever ", "you have last ", "i write ", "all but ", "since before ", "winter 2020/"]
    + ["2019 - 20 ", "moved a ", "from medium to ", "at least since ", "since 2020 or earlier "],
)
def test_such_questions_are_read_in_time_that_grows_with_them(part: str):
    """A pattern that takes quadratic time would not come to an end here."""
    question = (part * 100_000)[:100_000]
    by_order(f"{question} your latest article", lambda: "dcba")
    assert read_question(question, TODAY, SOURCES).text


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("Compare your last two articles with each other", "ab"),
        ("Compare your three latest posts and summarise them", "abc"),
        ("Compare your first post with your essays from 2024", ""),
        ("Compare your first article with what you think now", ""),
        ("Compare your last article with an article from 2019", ""),
        ("Vergleiche deinen letzten Beitrag mit Texten von 2020", ""),
        ("Was steht in deinem letzten Beitrag auf Medium?", "a"),
        ("Was ist dein letzter Artikel auf Medium?", "a"),
        ("Was sind deine letzten drei Beiträge auf LinkedIn?", "abc"),
        ("Was your last post on Medium?", ""),
    ],
)
def test_a_comparison_with_others_is_no_order(question: str, found: str):
    reading = in_order(read_question(question, TODAY, SOURCES), lambda _: "abcdef")
    assert "".join(reading.filters.doc_ids if reading else ()) == found
