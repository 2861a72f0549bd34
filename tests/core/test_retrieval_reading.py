"""What is read of a question: its filters, and what of it is searched for."""

import unicodedata
from datetime import UTC, date, datetime

import pytest

from twin_core.index.base import Filters
from twin_core.retrieval.reading import Reading
from twin_core.retrieval.recency import by_order
from twin_core.retrieval.selfquery import read_question
from twin_core.retrieval.terms import names_a_subject

TODAY = date(2026, 11, 24)
SOURCES = ("ines.example.org", "medium.com", "linkedin")


def test_filters_of_writing_are_firm_and_leave_the_question():
    reading = read_question("What did you write on Medium in 2024 about bread?", TODAY, SOURCES)
    assert reading.firm
    assert reading.filters.sources == ("medium.com",)
    assert reading.filters.since == datetime(2024, 1, 1, tzinfo=UTC)
    assert reading.text == "What did you write about bread?"


def test_a_year_that_is_only_mentioned_is_no_filter_and_stays():
    question = "What did you learn in 2011 on a train?"
    assert read_question(question, TODAY, SOURCES) == Reading(question)


@pytest.mark.parametrize(
    "question",
    [
        "What did you write about the team you joined in 2015?",
        "Why did you write that the web died in 2015?",
        "What did you write about the pandemic of 2020?",
        "What did you write before the pandemic in 2020?",
        "posts about the pandemic of 2020",
        "Your essay on the team I joined in 2015",
        "How do I write a blog post in 2024?",
        "Which pieces of advice from 2019 still hold?",
        "How did your posts change after 2020?",
        "What did you believe in 2019 that you later wrote was wrong?",
        "I read your post. Did the web die in 2015?",
        "The team you joined in 2015: what did you write about it?",
        "Was hast du über die Pandemie von 2020 geschrieben?",
        "Welche Beiträge, die du 2020 gelesen hast, hast du veröffentlicht?",
        "Welche Beiträge hast du 2020 gelesen? Was hast du geschrieben?",
        "Qu'as-tu écrit sur la pandémie de 2020 ?",
        "What did you write about loaves older than two days?",
        "Did you write about the paper published in 2017?",
        "Which article did you write about the book published in 2015?",
        "What did you write about your articles from 2020?",
        "Why did you stop writing in 2020?",
    ],
)
def test_a_year_of_what_is_written_about_is_only_mentioned(question: str):
    assert read_question(question, TODAY, SOURCES) == Reading(question)
    assert read_question(f"{question.rstrip('?')}, on Medium?", TODAY, SOURCES).filters == Filters()


@pytest.mark.parametrize(
    "question",
    [
        "What did you write about bread in 2024?",
        "What did you write about bread since 2020?",
        "articles about sleep from the last 3 months",
        "In 2024, what did you write?",
        "Artikel, die aus 2020 sind",
        "articles that you wrote in 2020",
        "articles from before 2020",
        "posts published in 2020",
        "Which of your posts are from 2020?",
        "Which posts are no older than two years?",
        "Have you written on bread, in 2020?",
        "Was hast du 2024 über Brot geschrieben?",
        "Welche Beiträge hast du 2024 geschrieben?",
        "Welchen Beitrag habt ihr im März 2024 veröffentlicht?",
        "Zeig mir alle Texte, die du 2024 geschrieben hast",
        "Welche Beiträge wurden 2024 veröffentlicht?",
        "¿Qué escribiste en 2024 sobre el pan?",
    ],
)
def test_a_period_of_the_writing_is_firm_and_leaves_the_question(question: str):
    reading = read_question(question, TODAY, SOURCES)
    assert reading.firm and reading.filters != Filters()
    assert len(reading.text) < len(question)


@pytest.mark.parametrize(
    ("question", "docs"),
    [
        ("What is your latest article about?", "d"),
        ("Summarise your most recent blog post.", "d"),
        ("When was the last post you wrote?", "d"),
        ("your last two essays", "dc"),
        ("Zeig mir deine neuesten Artikel", "dcb"),
        ("Was ist dein neuester Artikel?", "d"),
        ("What was the very first post on your blog about?", "a"),
        ("Worum geht es in deinem neuesten Artikel?", "d"),
        ("Fasse deine letzten 2 Beiträge zusammen", "dc"),
        ("De quoi parle ton dernier article ?", "d"),
        ("¿De qué trata tu último artículo?", "d"),
        ("your last 99 posts", "dcba"),
        ("What are your latest posts?", "dcb"),
        ("Show me your latest post", "d"),
        ("Tell me about your latest text", "d"),
        ("What are your last two essays about, briefly?", "dc"),
        ("Give me a summary of your first post in three sentences", "a"),
        ("What did you write most recently?", "d"),
        ("What did you write last?", "d"),
        ("When did you last publish?", "d"),
        ("What did you write first?", "a"),
        ("What is the last thing you wrote?", "d"),
        ("Was ist dein neuester Beitrag?", "d"),
        ("Was ist dein letzter Artikel?", "d"),
        ("Was steht in deinem letzten Beitrag?", "d"),
        ("Worum geht es in deinem neuesten Beitrag?", "d"),
        ("Was ist das Thema deines letzten Beitrags?", "d"),
        ("Wie heißt euer neuester Text?", "d"),
        ("Zeig mir deinen neuesten Beitrag", "d"),
        ("Zeigen Sie mir bitte Ihre neuesten Beiträge", "dcb"),
        ("Fasse deine letzten zwei Artikel kurz zusammen", "dc"),
        ("Was hast du zuletzt geschrieben?", "d"),
        ("Quel est votre dernier billet ?", "d"),
        ("Montre-moi ton article le plus récent", "d"),
        ("Résume tes deux premiers billets en trois phrases", "ab"),
        ("Qu'as-tu écrit en dernier ?", "d"),
        ("Muéstrame tu última entrada", "d"),
        ("¿Cuál es tu artículo más reciente?", "d"),
        ("Resume tus dos últimas entradas, por favor", "dc"),
        ("¿Qué es lo último que escribiste?", "d"),
    ],
)
def test_the_latest_article_is_found_by_its_date(question: str, docs: str):
    reading = by_order(question, lambda: "dcba")
    assert reading and reading.filters == Filters(doc_ids=tuple(docs)) and reading.firm


@pytest.mark.parametrize(
    "question",
    [
        "What is your latest article about bread about?",
        "What is your latest article on Medium?",
        "What did your first teacher write?",
        "In your first article you praise salt. Why?",
        "the last piece of advice",
        "What is the last piece?",
        "Is this the latest postcode?",
        "your latest post in 2019",
        "your last 0 posts",
        "What is your latest post about content?",
        "What did you write last week?",
        "What did you write first about bread?",
        "When did you last write about bread?",
        "Was hast du zuletzt über Brot geschrieben?",
        "tu último artículo sobre el pan",
    ],
)
def test_what_else_is_asked_of_the_latest_is_searched_for(question: str):
    assert by_order(question, lambda: "dcba") is None


@pytest.mark.parametrize(
    "part",
    ["your last ", "write last ", "deine letzten drei ", "the ", "l'", "your post ", "écrit "],
)
def test_the_latest_is_looked_for_in_time_that_grows_with_the_question(part: str):
    """A pattern that takes quadratic time would not come to an end here."""
    assert by_order((part * 200_000)[:200_000], lambda: "dcba") is None


def test_undated_articles_have_no_latest():
    assert by_order("your latest article", tuple) is None


def test_the_task_to_write_is_no_question_about_writing():
    assert not read_question("Write a paragraph about 5 loaves in 2024", TODAY, ()).firm


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("what you said on medium.com", ("medium.com",)),
        ("what you said on LinkedIn", ("linkedin",)),
        ("a medium-sized loaf", ()),
        ("on mediums", ()),
        ("a medium of exchange", ()),
        ("on Substack", ()),
    ],
)
def test_only_sources_that_the_author_has_are_read(question: str, found: tuple[str, ...]):
    assert read_question(question, TODAY, SOURCES).filters.sources == found
    assert read_question(question, TODAY, ("medium.com",)).filters.sources == ()


@pytest.mark.parametrize(
    "question",
    [
        "Which posts are not on medium?",
        "posts everywhere except on medium?",
        "Anything but the ones on medium.com",
        "Welche Artikel sind nicht in Medium erschienen?",
        "tous tes articles sauf ceux at medium",
        "What did you write instead of posts on medium?",
        "posts on medium excluded",
        "What have you written on medium heat?",
        "What did you write about things learned from medium?",
        'Do not use the article "Bread". What did you write about salt?',
        'Apart from the article "Bread", what of salt?',
        'Not the article "Bread", the other one',
        'Leaving "Bread" aside, what of salt?',
        "Welche Artikel außer „Bread“?",
        "tous les articles sauf « Bread »",
        'en vez de "Bread", ¿qué?',
    ],
)
def test_what_a_question_excludes_is_no_filter(question: str):
    assert read_question(question, TODAY, SOURCES).filters == Filters()


@pytest.mark.parametrize(
    "question",
    [
        "Which of your posts on medium are about trust?",
        "What did you write on Medium about bread?",
        "from your Medium posts",
    ],
)
def test_a_denial_of_something_else_leaves_the_source(question: str):
    assert read_question(question, TODAY, SOURCES).filters.sources == ("medium.com",)


@pytest.mark.parametrize(
    ("question", "found", "text"),
    [
        ("What did you write on Medium or LinkedIn?", "ml", "What did you write?"),
        ("What did you write on LinkedIn and Medium?", "lm", "What did you write?"),
        ("your posts on LinkedIn and on Medium", "lm", "your posts"),
        ("posts on both Medium and LinkedIn about bread", "ml", "posts about bread"),
        ("posts on LinkedIn/Medium, in 2024", "lm", "posts"),
        ("posts on Medium, LinkedIn or your ines.example.org", "mli", "posts"),
        ("posts not on Medium or LinkedIn", "", "posts not on Medium or LinkedIn"),
        ("posts on Medium and LinkedIn excluded", "", None),
        ("posts on Medium but not on LinkedIn", "", None),
        ("How do your Medium posts differ from those on LinkedIn?", "", None),
    ],
)
def test_all_the_places_that_a_question_names_are_admitted(
    question: str, found: str, text: str | None
):
    called = {"m": "medium.com", "l": "linkedin", "i": "ines.example.org"}
    reading = read_question(question, TODAY, SOURCES)
    assert reading.filters.sources == tuple(called[letter] for letter in found)
    assert text is None or reading.text == text


def test_a_name_that_two_sources_share_admits_both():
    shared = ("Medium.com", "ines.medium.com", "linkedin")
    assert read_question("posts on medium", TODAY, shared).filters.sources == shared[:2]
    assert read_question("posts on medium.com", TODAY, shared).filters.sources == shared[:1]


def test_quoted_words_beside_a_firm_source_are_a_subject():
    reading = read_question('What did you write on Medium about "debt"?', TODAY, SOURCES)
    assert (reading.firm, reading.filters) == (True, Filters(sources=("medium.com",)))


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("articles in 2024", "articles"),
        ("your 2024 posts", "your posts"),
        ("Show me your articles from 2024", "Show me your articles"),
        ("Zeig mir deine Beiträge aus 2024", "Zeig mir deine Beiträge"),
        ("Montre-moi tes billets de 2024", "Montre-moi tes billets"),
        ("Welche Beiträge hast du 2024 geschrieben?", "Welche Beiträge hast du geschrieben?"),
        ("What did you write in March 2024?", "What did you write?"),
        ("Was hast du letztes Jahr geschrieben?", "Was hast du geschrieben?"),
        ("Qu'as-tu écrit en 2024 ?", "Qu'as-tu écrit?"),
        ("¿Qué escribiste el año pasado?", "¿Qué escribiste?"),
    ],
)
def test_of_a_question_of_nothing_but_a_period_no_subject_is_left(question: str, text: str):
    reading = read_question(question, TODAY, SOURCES)
    assert (reading.text, reading.firm) == (text, True)
    assert reading.filters.since is not None
    assert not names_a_subject(reading.text)


@pytest.mark.parametrize(
    "question", ["articles in 2024 about bread", "Was hast du 2024 über Brot geschrieben?", "2024"]
)
def test_what_is_left_of_a_question_may_be_a_subject(question: str):
    assert names_a_subject(read_question(question, TODAY, SOURCES).text)


@pytest.mark.parametrize(
    ("question", "put"),
    [
        ("What does Ines Okafor think about bread?", "What do you think about bread?"),
        ("What is Ines Okafor's view of bread?", "What is your view of bread?"),
        ("What has Ines said of bread?", "What have you said of bread?"),
        ("ines okafor's posts on bread", "your posts on bread"),
        ("What did Ines write on bread?", "What did you write on bread?"),
        ("articles by I. O. Adler", "articles by you"),
        ("What does Ines Fischer think?", None),
        ("What does Tobias Wren think about bread?", None),
        ("the adler over the lake", None),
        ('In "Ines Okafor at 40", what of bread?', None),
        ("Inesokafor", None),
    ],
)
def test_only_the_authors_own_name_is_no_word_to_search_for(question: str, put: str | None):
    names = ("Ines Okafor", "I. O. Adler")
    assert read_question(question, TODAY, SOURCES, names).text == (put or question)
    assert read_question(question, TODAY, SOURCES).text == question


def test_an_accent_may_be_written_in_two_ways():
    names = (unicodedata.normalize("NFC", "Inés Oñate"),)
    question = unicodedata.normalize("NFD", "What did Inés Oñate write in märz 2024?")
    reading = read_question(question, TODAY, SOURCES, names)
    assert reading.text == "What did you write?"
    assert reading.filters.since == datetime(2024, 3, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    "part",
    [
        "3 ",
        " ",
        "of ",
        "in 2024, ",
        "March 2024 or ",
        "not a ",
        "a few ",
        "does Ines ",
        "2024-",
        "2020 and ",
        "on medium heat ",
        "on medium ",
        "on medium, ",
        "on medium or linkedin and ",
        "your medium posts ",
        "not. ",
        '"a" ',
        "posts that 2020 ",
    ],
)
def test_a_question_of_a_hundred_thousand_characters_is_read(part: str):
    """A pattern that takes quadratic time would not come to an end here."""
    question = (part * 100_000)[:100_000]
    assert read_question(question, TODAY, SOURCES, ("Ines Okafor",)).text
