"""Periods and sources that may be said of a question's subject: what they admit comes first, and
nothing is hidden."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from tests.core.test_retrieval import SHAPE, rows, tools_of
from twin_core.index.base import Filters
from twin_core.retrieval.expansion import other_wordings
from twin_core.retrieval.recency import in_order
from twin_core.retrieval.search import Tools, held, lifted_first, retrieve
from twin_core.retrieval.selfquery import read_question

TODAY = date(2026, 11, 24)
SOURCES = ("medium.com", "linkedin.com", "acme.dev")
MIXED = """
What did you write about the law passed in 2018?
What did you write about the company founded in 2015?
posts about companies founded after 2015
What did you write about songs recorded in 1999?
Artikel über Häuser, gebaut vor 1990
articles sur la loi votée en 2018
articles sur les maisons construites avant 1990
artículos sobre casas construidas antes de 1990
What did you write about Theresa May in 2019?
What did you write about your job at LinkedIn?
What did you write about layoffs at LinkedIn?
What did you write about your talk at Acme in 2020?
What did you write about the study from 2019?
What did you write about studies from 2019?
Was hast du über die Studie aus 2019 geschrieben?
Posts about the crash in 2008
articles about books published in 2020
articles about trust published in 2020
posts about jobs posted on LinkedIn
artículos sobre leyes publicadas en 2018
tes articles sur des livres publiés en 2018
What have you said about remote work since 2022?
What did you write about columns in Postgres in 2022?
What did you write about how to bake on Medium?
"""
EVERYDAY = """
So what did you write in 2021?
And what did you write about trust in 2021?
What'd you write about in 2021?
What've you written since January 2021?
Tell me what you wrote in 2021, please
Let me see your 2021 posts
I need your articles from 2021
Got any posts from 2021?
Where can I find your posts from 2021?
Tu as écrit quoi en 2021 ?
T'as écrit quoi en 2021 ?
De quoi as-tu parlé en 2021 ?
que escribiste en 2021
qu'as tu ecrit en 2021
Qu'as-tu ecrit en 2021 ?
"""
LEAVING_OUT = """
Deine Beiträge über Brot, ausgenommen auf Medium
Deine Medium-Artikel über Brot ausgenommen
Was hast du über Brot ausgenommen 2020 geschrieben?
Tes articles sur le pain, à part sur Medium
Tes articles sur le pain, mis à part sur Medium
artículos sobre el pan excluyendo en 2020
Artikel über Brot nirgends auf Medium
posts on bread nowhere on LinkedIn
your posts about trust missing on Medium
posts about bread lacking on LinkedIn
your posts on bread, disregarding from 2020
your non-Medium posts
all your non Medium articles
Which non-Medium posts did you write?
What do you say in your non-Medium articles?
your latest non-Medium post
deine Nicht-Medium-Artikel
your pre-LinkedIn articles
your anti Medium posts
deine ex Medium Artikel
your non- Medium posts
your non - Medium posts
your non-Medium and LinkedIn posts
What did you hardly write in 2020?
"""
PLAIN = """
What did you write about bread in 2020?
What did you write about bread, salt and trust in 2020?
your articles about bread from 2020
Was hast du 2020 über das alte Brot geschrieben?
What did you write in 2018 about the law that was passed?
Which articles about rotten bread did you publish in 2020?
What do you say about rotten bread in your posts from 2020?
Do you mention rotten bread in your 2021 posts?
"""


@pytest.mark.parametrize("question", MIXED.strip().splitlines())
def test_a_period_or_place_that_may_be_the_subject_s_filters_nothing_out(question: str):
    reading = read_question(question, TODAY, SOURCES)
    assert reading.lifts.since or reading.lifts.until or reading.lifts.sources
    assert (reading.firm, reading.filters, reading.text) == (False, Filters(), question)


@pytest.mark.parametrize(
    ("question", "year", "source", "lifted"),
    [
        ("What did you write in 2024 about your job at Medium?", 2024, "", "medium.com"),
        ("your posts from 2020 about the talk at Acme", 2020, "", "acme.dev"),
        ("Your Medium posts about the law passed in 2018", 0, "medium.com", "2018"),
        ("In 2020, what did you write about your job at LinkedIn?", 2020, "", "linkedin.com"),
    ],
)
def test_what_is_plainly_of_the_texts_stays_firm_beside_it(
    question: str, year: int, source: str, lifted: str
):
    reading = read_question(question, TODAY, SOURCES)
    firm, lifts = reading.filters, reading.lifts
    assert reading.firm and (firm.since.year if firm.since else 0) == year
    assert firm.sources == ((source,) if source else ())
    assert lifted in (*lifts.sources, str(lifts.since and lifts.since.year))


@pytest.mark.parametrize("question", LEAVING_OUT.strip().splitlines())
def test_one_word_that_leaves_out_sets_no_filter(question: str):
    reading = read_question(question, TODAY, SOURCES)
    assert (reading.filters, reading.lifts) == (Filters(), Filters())


@pytest.mark.parametrize("question", PLAIN.strip().splitlines())
def test_a_period_of_the_texts_stays_firm(question: str):
    reading = read_question(question, TODAY, SOURCES)
    assert reading.firm and reading.filters.until


@pytest.mark.parametrize("question", EVERYDAY.strip().splitlines())
def test_a_question_as_people_type_it_has_its_period(question: str):
    reading = read_question(question, TODAY, SOURCES)
    assert reading.firm and reading.filters.since and reading.filters.since.year == 2021


@pytest.mark.parametrize(
    "question",
    [
        "What have you written lately?",
        "What have you published recently?",
        "your recent posts",
        "Was hast du kürzlich geschrieben?",
        "Was hast du in letzter Zeit geschrieben?",
        "Qu'as-tu publié récemment ?",
        "¿Qué has publicado últimamente?",
    ],
)
def test_what_was_written_of_late_is_the_last_few(question: str):
    found = in_order(read_question(question, TODAY, ()), lambda _: ("a", "b", "c", "d"))
    assert found and found.filters.doc_ids == ("a", "b", "c")


@pytest.fixture(scope="module")
def tools(tmp_path_factory: pytest.TempPathFactory) -> Tools:
    return tools_of(tmp_path_factory.mktemp("index"), rows())


def found(tools: Tools, question: str, k: int = 3) -> list[str]:
    return [hit.chunk_id for hit in retrieve(tools, "ines", question, SHAPE, k).hits]


def test_what_such_a_period_admits_comes_first_and_the_answer_is_not_lost(tools: Tools):
    assert found(tools, "What did you write about the restored database in 2024?")[0] == "c4"
    for k in (2, 3, 5):  # of 2023
        assert "c0" in found(
            tools, "What did you write about loaves baked without salt in 2024?", k
        )
    assert "c6" in found(tools, "What did you write about the waiting train at Example in 2023?")


def test_of_what_lifts_the_first_passage_of_all_keeps_a_place(tools: Tools):
    shape = SHAPE.model_copy(update={"min_score": 0.0})
    hits = retrieve(tools, "ines", "loaves without salt", shape, 4).hits
    a, b, c, *_ = hits
    assert lifted_first([b, a], [a, b, c], 2) == [b, a]
    assert lifted_first([b, c, a], [a, b, c], 3) == [b, c, a]
    assert lifted_first([b], [a, c], 1) == [a]
    assert lifted_first([], [a, b], 3) == [a, b]
    both = replace(Filters(), since=datetime(2024, 1, 1, tzinfo=UTC), sources=("medium.com",))
    assert held(both, ("source",)) == replace(both, sources=())
    assert held(both, ("source", "period")) == Filters()


def test_other_wordings_of_a_question_with_a_run_of_blanks(tmp_path: Path):
    """Fourteen seconds, where each blank was the beginning of all that follow."""
    assert other_wordings("your latest " + " " * 20_000 + "bread", 2)
