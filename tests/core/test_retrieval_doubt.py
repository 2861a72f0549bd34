"""Questions whose answer may stand in other texts than those of the period or source they name."""

from datetime import date

import pytest

from twin_core.index.base import Filters
from twin_core.retrieval.recency import by_order
from twin_core.retrieval.selfquery import read_question

TODAY = date(2026, 11, 24)
SOURCES = ("ines.example.org", "medium.com", "linkedin", "ines.substack.com", "github.com")

OF_THE_WRITING = """
How much did you earn from your posts on Medium?
How much money did you make from your articles on Medium?
What feedback did you get from your posts on LinkedIn?
Which clients came from your posts on LinkedIn?
What did you learn from your posts from 2015?
What errors did readers find in your posts from 2015?
What income do you get from your posts on Substack?
How did you get clients from your LinkedIn posts?
What did critics find in your articles from 2019?
What became of the ideas in your posts from 2015?
In your posts from 2020, what errors did readers find?
When did you start writing on Medium?
When did you begin writing on Medium?
Did you regret posting on LinkedIn?
Have you ever regretted posting on LinkedIn?
Where did you start blogging in 2015?
¿Escribes en Medium?
How often do you post on LinkedIn?
When do you post on LinkedIn?
Have you been writing on Medium since 2016?
Did you already blog in 2009?
Did you enjoy writing in 2020?
Hast du 2009 geschrieben?
As-tu écrit en 2019 ?
Which of your posts on Medium went viral?
Which of your posts from 2015 do you regret?
Which of your articles on Medium have you moved to your blog?
Which posts did you regret publishing on LinkedIn?
Which articles did you regret writing in 2020?
Which of your articles did you regret writing in 2020?
Show me the posts you loved writing in 2021.
Which article did you begin writing in 2021?
What is your favourite article from 2020?
What are your most read posts on Medium?
What are your most popular posts on Medium?
your best posts from 2020
Welche deiner Artikel von 2020 bereust du?
What did you write in 2020 that you regret?
What did you write on Medium about trust that you now regret?
What did you write in 2020, and why did you stop?
What did you write on Medium, and why did you leave?
"""
OF_THE_SUBJECT = """
Qu'as-tu écrit sur LinkedIn ?
Résume tes articles sur LinkedIn
articles sur GitHub
Montre-moi tes articles sur GitHub
Y a-t-il des articles sur LinkedIn ?
Do you have anything on GitHub?
your article on GitHub
Anything on LinkedIn?
your essay on LinkedIn
Do you have articles on LinkedIn?
What did you write at LinkedIn?
What did you publish at LinkedIn?
Did you write anything at LinkedIn?
Was hast du bei LinkedIn geschrieben?
Qu'as-tu dit de LinkedIn ?
Qu'as-tu écrit de LinkedIn ?
¿Qué dijiste de LinkedIn?
Que disent tes articles de LinkedIn ?
¿Qué escribiste de GitHub?
tes articles de GitHub
"""
OF_THE_TEXTS = """
What did you write on Medium?
Show me your posts on Medium
articles on bread on LinkedIn
your articles on LinkedIn about bread
tes articles sur le pain sur LinkedIn
Qu'as-tu publié sur LinkedIn ?
Which of your posts on Medium are about bread?
Which of your posts from 2015 mention bread?
What errors did you mention in your posts from 2015?
Did you write anything in 2009?
Did you write about bread in 2009?
Have you posted about bread on LinkedIn?
As-tu écrit quelque chose en 2019 ?
Hast du 2009 etwas geschrieben?
What did you write about regret in 2020?
Was hast du 2020 über den Meister geschrieben?
Qu'as-tu écrit en 2020 sur les meilleures pratiques ?
Tes articles de Medium sur le pain
Deine Artikel von Medium über Brot
"""
OF_ITS_WRITING = """
Why did you write your first post?
What made you write your first post?
Where did you write your first post?
How did you write your first article?
Who read your first post?
Who read your first article?
Tell me about writing your first post
¿Por qué escribiste tu primer artículo?
Warum hast du deinen ersten Artikel geschrieben?
Pourquoi as-tu écrit ton premier article ?
"""


@pytest.mark.parametrize("question", (OF_THE_WRITING + OF_THE_SUBJECT).strip().splitlines())
def test_where_the_answer_may_stand_elsewhere_nothing_is_filtered_out(question: str):
    reading = read_question(question, TODAY, SOURCES)
    assert (reading.firm, reading.filters) == (False, Filters())
    assert reading.text == question.replace(" ?", "?")


@pytest.mark.parametrize("question", OF_THE_SUBJECT.strip().splitlines())
def test_a_source_that_may_be_the_subject_lifts(question: str):
    assert read_question(question, TODAY, SOURCES).lifts.sources


def test_a_period_beside_such_a_source_stays():
    reading = read_question("What did you write at LinkedIn in 2016?", TODAY, SOURCES)
    assert reading.firm and reading.filters.since and not reading.filters.sources
    assert reading.lifts.sources == ("linkedin",)


@pytest.mark.parametrize("question", OF_THE_TEXTS.strip().splitlines())
def test_what_asks_for_the_texts_of_a_period_or_source_filters(question: str):
    reading = read_question(question, TODAY, SOURCES)
    assert reading.firm and reading.lifts == Filters()


@pytest.mark.parametrize("question", OF_ITS_WRITING.strip().splitlines())
def test_how_the_first_text_came_to_be_is_not_asked_of_it_alone(question: str):
    assert by_order(question, lambda: "cba") is None


@pytest.mark.parametrize(
    "question",
    [
        "When did you write your first post?",
        "Where is your first post?",
        "¿Cuál es tu primer post?",
    ],
)
def test_what_such_a_text_itself_says_is_asked_of_it(question: str):
    found = by_order(question, lambda: "cba")
    assert found and found.filters.doc_ids == ("a",)
