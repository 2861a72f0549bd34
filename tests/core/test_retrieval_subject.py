"""What remains the subject of a question that says what it does not want."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from tests.core.test_retrieval_steps import hit
from twin_core.index.base import Hit
from twin_core.recipe import Retrieval
from twin_core.retrieval.recency import by_order
from twin_core.retrieval.search import Tools, retrieve
from twin_core.retrieval.selfquery import read_question
from twin_core.retrieval.terms import names_a_subject

TODAY = date(2026, 11, 24)
SOURCES = ("ines.example.org", "medium.com", "linkedin", "ines.substack.com")


@pytest.mark.parametrize(
    "question",
    [
        "hide posts from 2023",
        "What did you write apart from 2020?",
        "Ignore what you wrote on Medium",
        "I'm not interested in what you wrote in 2020",
        "Skip your last two posts",
        "Blende die Beiträge von 2020 aus",
        "Lass deinen neuesten Artikel weg",
        "Cache les articles de 2020",
        "No me muestres nada que escribiste en 2020",
    ],
)
def test_words_of_leaving_out_are_no_subject(question: str):
    reading = read_question(question, TODAY, SOURCES)
    assert reading.about is not None
    assert not names_a_subject(reading.subject)


@pytest.mark.parametrize(
    ("question", "about"),
    [
        ("hide posts about bread from 2023", "posts about bread from"),
        ("posts about bread on Medium, but not from 2023", "posts about bread , but from"),
        ("What did you write about hiding data?", None),
        ("Why do you not write about bread?", None),
        ("What did you write in 2021 besides recipes?", "What did you write ?"),
        ("Qu'as-tu écrit en 2023 sauf sur le pain ?", "Qu'as-tu écrit ?"),
        ("¿Qué escribiste en 2023 excepto sobre el pan?", "¿Qué escribiste ?"),
        ("all posts except those about bread", "all posts"),
        ("posts about travel, apart from trains", "posts about travel,"),
        ("What did you write in 2023 without help?", "What did you write ?"),
        ("What did you write in 2020?", None),
    ],
)
def test_a_subject_beside_what_is_left_out_remains_one(question: str, about: str | None):
    assert read_question(question, TODAY, SOURCES).about == about


def found(text: str) -> list[Hit]:
    """One passage that shares nothing with the question."""
    return [hit("a", text, source="medium.com", cosine=0.01)]


@pytest.mark.parametrize(
    ("question", "count"), [("hide posts from 2023", 1), ("hide posts about trains from 2023", 0)]
)
def test_a_wish_to_leave_out_is_not_met_with_silence(question: str, count: int):
    index: Any = type("", (), {"search": lambda *_: found("Salt and flour.")})()
    tools = Tools(index=index, embed=lambda texts: [[1.0]] * len(texts), today=lambda: TODAY)
    shape = Retrieval(self_query="rules", rerank="none", diversity=0, parents=False, expansions=0)
    assert len(retrieve(tools, "ines", question, shape, 3).hits) == count


@pytest.mark.parametrize(
    "part",
    [
        "since you ",
        "about who ",
        "you stop writing ",
        "and after, ",
        "every year ",
        "hide ",
        "not ",
        "n'",
        "any but ",
        "leave ",
        "I read ",
        "about hiding ",
        "ne me ",
        "others ",
    ]
    + ["lass ", "before ", "since your ", "on medium, hide 2020 ", "2020 hide ", "e.g. ", "else "],
)
def test_exclusions_are_looked_for_in_time_that_grows_with_the_question(part: str):
    """A pattern that takes quadratic time would not come to an end here."""
    question = (part * 100_000)[:100_000]
    by_order(f"{question} your latest article", lambda: "dcba")
    assert read_question(f"{question} posts from 2020", TODAY, SOURCES).text


@pytest.mark.parametrize(
    ("question", "year"),
    [
        ("What did you write in 2021 besides recipes?", 2021),
        ("Qu'as-tu écrit en 2023 sauf sur le pain ?", 2023),
        ("What did you write in 2023 without help?", 2023),
    ],
)
def test_an_exception_of_a_subject_leaves_the_year(question: str, year: int):
    reading = read_question(question, TODAY, SOURCES)
    assert reading.firm and reading.filters.since == datetime(year, 1, 1, tzinfo=UTC)
    assert not names_a_subject(reading.subject)


KEPT = """
Posts about writing on LinkedIn | linkedin
Show posts about blogging on Medium | medium.com
What did you write about newsletters on Medium? | medium.com
What did you write about software that scales on Medium? | medium.com
What did you say after the election in your posts on Medium? | medium.com
After moving to Leeds what did you write on Medium? | medium.com
Which posts did you regret publishing on LinkedIn? | linkedin
What did you write about newsletters in 2023? | 2023
What did you write about writing in 2022? | 2022
Everything about blogging from 2021 | 2021
What did you write about columns in Postgres in 2022? | 2022
What did you write in 2021 about love, death and the days after it? | 2021
What did you write in 2020 about work, home and what we did before that? | 2020
What did you write in 2021, and did you still believe it afterwards? | 2021
Which piece did you love writing in 2020? | 2020
Which essays did you like posting on Medium? | medium.com
Show me the posts you loved writing in 2021. | 2021
Which article did you begin writing in 2021? | 2021
What did you write about your newsletter in 2022? | 2022
Compare your first post in 2019 with what you think now | 2019
"""


@pytest.mark.parametrize("line", KEPT.strip().splitlines())
def test_a_plain_question_keeps_its_filter(line: str):
    question, wanted = line.split(" | ")
    reading = read_question(question, TODAY, ("medium.com", "linkedin"))
    filters = reading.filters
    year = str(filters.since.year) if filters.since else ""
    assert reading.firm
    assert wanted in (*filters.sources, year)


@pytest.mark.parametrize(
    "question",
    [
        "Did you hate writing in school in 2003?",
        "Who loved writing in 2012?",
        "What made you love writing on Medium?",
        "Do you still like posting on LinkedIn?",
        "What is it like posting on LinkedIn as a baker?",
        "Does your mother like posting on LinkedIn?",
        "What was it like blogging in 2010?",
        "Which article explains why you quit posting on LinkedIn?",
        "Which essay explains why you stopped writing in 2021?",
    ],
)
def test_the_act_of_writing_is_no_text(question: str):
    assert not read_question(question, TODAY, SOURCES).firm
