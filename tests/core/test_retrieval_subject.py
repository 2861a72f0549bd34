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


OTHERS_WRITE = """
What did your editor write in 2020 about trust?
Which books published in 2020 do you recommend about trust and managers?
Who wrote the best book of 2020 about managers?
Which law on trust was written in 2020?
Have you read the articles of 2021 about queues and patience?
How is your trust in managers now, after the book published in 2020?
What did the Guardian publish in 2019 about bread?
What did Rutger Bregman write in 2020?
What did the newspapers write in 2020?
Which papers published in 2017 changed your mind?
Postgres 12 was published in 2019; do you still use it?
Which letters did you write to your mother in 1999?
What did you write in your diary in 2003?
Did you write code in 2015?
Did you post the letter in 2021?
Hast du 2009 deine Doktorarbeit geschrieben?
How did you write letters in 2021 while you waited at the station?
What did you write about growing up in the 1990s?
What did you write about life in 1990s Lagos?
In 2020, what did the Guardian publish?
Was hat dein Lektor im Jahr 2020 geschrieben?
Was haben die Zeitungen im Jahr 2020 geschrieben?
Qu'a écrit ton éditeur en 2020 ?
¿Qué escribió tu editor en 2020?
What did I write in 2020?
Did you like the articles of 2021?
Hast du die Artikel von 2021 gelesen?
As-tu lu les articles de 2021 ?
¿Has leído los artículos de 2021?
Quelles lettres as-tu écrites en 1999 ?
Welche Briefe hast du 1999 geschrieben?
What did your mother write to you in 2020?
Who published your essays in 2020?
Which articles did the Guardian publish in 2020?
Do you like articles from 2020?
Was your book published in 2020?
Did your mother read the posts of 2020?
What did Kafka write in 2020?
What did people publish on Medium in 2020?
What was written about managers in 2020?
Did you write your thesis in 2009?
Did you write a letter in 2009?
Did you write the song in 2009?
How many books have you written since 2010?
Which poems did you write in 2010?
How do I write essays in 2024?
Wie soll ich im Jahr 2024 Artikel schreiben?
What did you write to your landlord in 2021?
Articles from 2020 about managers by the Guardian
Which newspaper articles of 2020 influenced you?
What did you write about the article in the Guardian in 2019?
What did they write in 2020 about trust?
Was hast du 2021 deinem Vermieter geschrieben?
"""
AUTHOR_WRITES = """
Was hat sie 2021 über Salz geschrieben?
What did she write in 2021?
Your posts of 2021
posts from 2021
articles about bread from 2021
deine Artikel von 2021
Which articles did you publish in 2021?
What have you been writing about since 2021?
What did you ever write in 2021?
Did you write anything about bread in 2021?
Did you write a long essay on bread in 2021?
Hast du 2021 einen Artikel über Brot geschrieben?
Was schriebst du 2021 über Brot?
What were you writing about in 2021?
What did you blog about in 2021?
Which topics did you blog about since May 2022?
Are there any posts from 2021?
How many posts did you publish in 2021?
Did you post much in 2021?
Qu'avez-vous publié en 2021 ?
Qu'a-t-elle écrit en 2021 sur le sel ?
¿Qué has escrito en 2021?
¿Qué escribió ella en 2021?
Show me everything you published in 2021
everything written in 2021
Summarise the essays from 2021
Tell me about articles you posted in 2021
Do you have any posts from 2021?
What do your posts from 2021 say about bread?
What's in your newsletter from May 2024?
I'd like to read what you wrote in 2021
Could you list the posts of 2021?
Which articles from 2021 mention bread?
When in 2021 did you write about bread?
How often did you write in 2021?
Tell me what you thought of bread in your posts of 2021
Since 2021, which posts have you written?
What did you say in your articles on Substack in 2021?
In your posts from 2020, what is bread?
Alles, was du vor 2020 auf Medium geschrieben hast
Did anything of yours appear on Medium in 2020?
alles, was du 2020 geschrieben hast
Zeig mir alles, was du 2021 geschrieben hast
As-tu écrit quelque chose sur le pain en 2022 ?
¿Has escrito algo en 2022?
¿Has publicado algo sobre pan desde 2021?
In your 2021 posts, what do you say about queues?
What did you argue in your 2020 essay on trust?
Which topics did you cover in your 2021 posts?
All your texts from 2021
Was hast du denn 2021 geschrieben?
Was hast du damals 2019 so geschrieben?
Welche Beiträge gibt es von dir aus 2021?
Welche Artikel sind 2021 erschienen?
Was ist 2021 von dir erschienen?
Which articles appeared in 2021?
"""


@pytest.mark.parametrize("question", OTHERS_WRITE.strip().splitlines())
def test_a_period_in_which_another_wrote_or_no_article_only_lifts(question: str):
    reading = read_question(question, TODAY, SOURCES)
    assert reading.filters.since and not reading.firm


@pytest.mark.parametrize("question", AUTHOR_WRITES.strip().splitlines())
def test_a_period_in_which_the_author_wrote_is_firm(question: str):
    reading = read_question(question, TODAY, SOURCES)
    assert (reading.filters.since or reading.filters.until) and reading.firm


OTHERS_PLACES = """
What do you think about articles on Medium?
Was denkst du über Artikel auf Medium?
What did you write about trust among people on Medium?
What did you write about home offices of people on Medium?
What did you write about people on Medium?
What did you write about earning money on Medium?
Was hast du über Leute auf Medium geschrieben?
What should I write on Medium about home offices?
Should I publish on Substack or on Medium?
Who writes best on Substack?
Which newsletters on Substack do you read?
What did readers write on Medium about your essays?
How do you write documentation on GitHub?
Do you have an article on GitHub?
What do you think of posts on Medium?
What did your friends post on Substack?
Where do people write about bread on Medium?
Wer schreibt auf Medium über Brot?
Was haben Leser auf Medium geschrieben?
Qui écrit sur Medium ?
Why did you write on Medium?
Why do you publish on Medium?
How did your posts on Medium do?
Do you write on Medium?
Why do you write on Substack?
Would you still write on Medium?
Do you earn money with your posts on Medium?
How many readers do your articles on Medium have?
Do you regret your posts on Medium?
Did you delete your posts on Medium?
What became of your articles on Medium?
What did commenters say about your posts on Medium?
What did your brother post on Medium?
What did your mother post on Medium about kettles?
Warum schreibst du auf Medium?
Pourquoi écris-tu sur Medium ?
¿Por qué escribes en Medium?
"""


@pytest.mark.parametrize("question", OTHERS_PLACES.strip().splitlines())
def test_a_source_where_another_wrote_or_of_the_subject_only_lifts(question: str):
    reading = read_question(question, TODAY, (*SOURCES, "github"))
    assert reading.filters.sources and not reading.firm


def test_a_source_of_others_leaves_that_of_the_author_firm():
    question = "What did you write on Medium, and what do others say on Substack?"
    reading = read_question(question, TODAY, SOURCES)
    assert (reading.firm, reading.filters.sources) == (True, ("medium.com",))
