"""Quoted words of a question: titles of the author's texts, and others."""

from datetime import date

import pytest

from twin_core.retrieval.selfquery import read_question
from twin_core.retrieval.terms import bare_title, title_key

TODAY = date(2026, 11, 24)
SOURCES = ("ines.example.org", "medium.com", "linkedin", "ines.substack.com")
TITLES = {
    key: title
    for title in (
        *("Bread, & Salt!", "Brot und Salz", "Pain et sel", "Pan y sal", "The List by the Oven"),
        *("Trust", "No", "Don’t Panic", "C++", "🎉", "What I wrote in 2020"),
        *("Less is more", "Resume tips"),
    )
    for key in (bare_title(title), title_key(title))
}


@pytest.mark.parametrize(
    "question",
    [
        'In "Bread and Salt", what of salt?',
        'In "Trust", what of managers?',
        'What does "The list by the oven" say?',
        'Who is mentioned in your article "Bread and Salt"?',
        "Does “bread and salt” say so?",
        'What does your "Trust" article argue?',
        'In the "Trust" post, what do you say?',
        'What do you say in your post on "Trust"?',
        'Summarise "Trust".',
        'What is "Trust" about?',
        'Summarize your newsletter "Bread and Salt".',
        'What did you publish on Medium as "Bread and Salt"?',
        "Was steht in deinem Artikel „Brot und Salz“?",
        "Was schreibst du in »Brot und Salz« über Wasser?",
        'Was hast du 2022 im Artikel "Brot und Salz" geschrieben?',
        "Résume ton billet intitulé « Pain et sel ».",
        '¿Qué dices en "Pan y sal" sobre el agua?',
    ],
)
def test_a_quoted_title_of_the_authors_is_firm(question: str):
    reading = read_question(question, TODAY, SOURCES, (), TITLES)
    assert reading.firm and reading.filters.topic in TITLES.values()


@pytest.mark.parametrize(
    ("question", "topic"),
    [
        ("What is “technical debt” to you?", "technical debt"),
        ('Do you "trust" managers?', "trust"),
        ('What does "no" tell a customer?', "no"),
        ('Do you believe in "trust"?', "trust"),
        ('What have others called "trust"?', "trust"),
        ('Why is every second word in posts "trust"?', "trust"),
        ('Do you agree that "less is more"?', "less is more"),
        ('How do you program in "C++"?', "C++"),
        ('How do you say "no" to customers?', "no"),
        ('Someone told me "don\'t panic". What would you say?', "don't panic"),
        ('What is "C#" to you?', "C#"),
        ('What does "?!" mean to you?', ""),
        ("Que dis-tu de « A » et de « B » ?", "A"),
        ('Why do you describe dashboards as "toxic"?', "toxic"),
        ('Did you write an article about the "lean startup"?', "lean startup"),
        ('How do you name a database column "user"?', "user"),
        ('How did you earn the title "master baker"?', "master baker"),
        ('Who wrote the essay "The End of History"?', "The End of History"),
        ('Hast du den Artikel "The End of History" gelesen?', "The End of History"),
        ('What did you write about the article "The End of History"?', "The End of History"),
        ('What did you write about your article "Bread and Salt"?', "Bread and Salt"),
        ('What did you write after publishing "Bread and Salt"?', "Bread and Salt"),
        ('the word "' + "so " * 20 + '"', ""),
        ('Leave out "Bread and Salt"', ""),
    ],
)
def test_other_quoted_words_hide_nothing(question: str, topic: str):
    reading = read_question(question, TODAY, SOURCES, (), TITLES)
    assert (reading.firm, reading.filters.topic) == (False, topic)


def test_a_year_in_a_title_is_no_period():
    reading = read_question('What is in "What I wrote in 2020"?', TODAY, SOURCES, (), TITLES)
    assert (reading.filters.topic, reading.filters.since) == ("What I wrote in 2020", None)
