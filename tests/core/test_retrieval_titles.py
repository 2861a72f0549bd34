"""Quoted words of a question: titles of the author's texts, and others."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from tests.core.test_retrieval import rows, tools_of
from twin_core.recipe import Retrieval
from twin_core.retrieval.search import Tools, retrieve
from twin_core.retrieval.selfquery import read_question
from twin_core.retrieval.terms import bare_title, title_key
from twin_core.retrieval.titles import QUOTED

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
        'What\'s "No" about?',
        'Tell me what "No" is about',
        'Tell me how "No" ends',
        'Why did you write "No"?',
        'When was "Trust" published?',
        'What inspired "No"?',
        'Read me "No"',
        'Summary of "Trust" please',
        '"Trust"?',
        'Does "Trust" mention a desk?',
        'I loved "Trust"',
        'What did you write after "Trust"?',
        'Have you changed your mind since "Trust"?',
        'What did you get wrong in "Trust"?',
        'Summarise your latest post and "Trust"',
        "Warum hast du „No“ geschrieben?",
        "Was sagst du in „Trust“ zu Chefs?",
        "Kannst du mir „Trust“ vorlesen?",
        'Is the argument of "Trust" still valid?',
        "Que dit « No » ?",
        "Was sagt „Trust“?",
        "¿Qué dice «No»?",
        "Que dis-tu dans « No » à propos des chefs ?",
        'Summarize your newsletter "Bread and Salt".',
        'What did you publish on Medium as "Bread and Salt"?',
        "Was steht in deinem Artikel „Brot und Salz“?",
        "Was schreibst du in »Brot und Salz« über Wasser?",
        'Was hast du 2022 im Artikel "Brot und Salz" geschrieben?',
        "Résume ton billet intitulé « Pain et sel ».",
        '¿Qué dices en "Pan y sal" sobre el agua?',
        'When did you write "Bread and Salt"?',
        '"Bread and Salt": what of salt?',
        "Fasse „Brot und Salz“ zusammen",
        'Do you agree that "less is more"?',
        "What did you write about your article 'Bread and Salt'?",
        'What did you write after publishing "Bread and Salt"?',
        'Summarise "Trust" by Ines Okafor',
        'What do you write in 2021 that contradicts "Trust"?',
    ],
)
def test_a_quoted_title_of_the_authors_names_its_text(question: str):
    reading = read_question(question, TODAY, SOURCES, ("Ines Okafor",), TITLES)
    assert len(reading.titles) == 1 and set(reading.titles) < set(TITLES.values())
    assert reading.filters.topic == ""


@pytest.mark.parametrize(
    ("question", "topic"),
    [
        ("What is “technical debt” to you?", "technical debt"),
        ('Do you "trust" managers?', "trust"),
        ('What does "no" tell a customer?', "no"),
        ('Do you believe in "trust"?', "trust"),
        ('What have others called "trust"?', "trust"),
        ('Why is every second word in posts "trust"?', "trust"),
        ('How do you program in "C++"?', "C++"),
        ('How do you say "no" to customers?', "no"),
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
        ('What does "no" say about a person?', "no"),
        ('Do you have an article on "trust" falls?', "trust"),
        ('¿Tienes un artículo sobre "No" decir nada?', "No"),
        ('How do you name the "No" column in a table?', "No"),
        ('What happens in "Trust" mode?', "Trust"),
        ('What is the difference between "Trust" and "End" keys?', "Trust"),
        ("Was steht in „No“ im Wörterbuch?", "No"),
        ('Do you "Trust" managers?', "Trust"),
        ('How do you say "No" to customers?', "No"),
        ("Wie kann man „No“ sagen?", "No"),
        ('Why is the word "No" so short?', "No"),
        ('What does "Trust" mean to you?', "Trust"),
        ('Why does the "Trust" blog theme look broken?', "Trust"),
        ('What is the essay "Trust" by Fukuyama about?', "Trust"),
        ('Is the article "Bread and Salt" (by Chomsky) worth reading?', "Bread and Salt"),
        ("Was steht im Artikel „No“ von Max Weber?", "No"),
        ("Que dis-tu dans ton billet « No » de Camus ?", "No"),
        ('the word "' + "so " * 20 + '"', ""),
        ('Leave out "Bread and Salt"', ""),
    ],
)
def test_other_quoted_words_hide_nothing(question: str, topic: str):
    reading = read_question(question, TODAY, SOURCES, (), TITLES)
    assert (reading.firm, reading.filters.topic, reading.titles) == (False, topic, ())


@pytest.mark.parametrize(
    ("question", "named"),
    [
        ('Don\'t tell me about "Trust"; summarise "Less is more"', ["Less is more"]),
        ('Forget "Trust". What does "Less is more" say?', ["Less is more"]),
        ('Forget "Trust." What does "Less is more" say?', ["Less is more"]),
        ('Not "Trust", but "No": what does it say?', ["No"]),
        ('Compare "Trust" and "No" on Medium', ["Trust", "No"]),
        ('In which text, "Trust" or "No", do you cook?', ["Trust", "No"]),
        ('Not "Trust", but "Less is more": what does it say?', ["Less is more"]),
        ('Summarise "Less is more" but not "Resume tips"', ["Less is more"]),
        ('What\'s in "Less is more" that isn\'t in "Trust"?', ["Less is more", "Trust"]),
        ('If you don\'t mind, what does "Less is more" say?', ["Less is more"]),
        ('Don\'t show "Trust", "No" or "Less is more"', []),
        ("Sauf ton billet « No » et ton billet « Pain et sel »", []),
        ('Lass "Brot und Salz" weg', []),
    ],
)
def test_what_leaves_out_one_title_leaves_the_others(question: str, named: list[str]):
    assert list(read_question(question, TODAY, SOURCES, (), TITLES).titles) == named


def test_a_year_in_a_title_is_no_period():
    reading = read_question('What is in "What I wrote in 2020"?', TODAY, SOURCES, (), TITLES)
    assert (reading.titles, reading.filters.since) == (("What I wrote in 2020",), None)


@pytest.mark.parametrize(
    "question",
    [
        "Do the managers' teams keep the people's trust, or the readers' letters?",
        "Posts of the '90s about managers' trust",
        "What’s in the writers’ rooms’ letters?",
        "A 5' 6\" door in the managers' rooms",
        "Qu'as-tu écrit aujourd'hui, jusqu'à la fin de l'an ?",
    ],
)
def test_an_apostrophe_quotes_nothing(question: str):
    assert not QUOTED.search(question)


PASSAGES = (
    ("No", "", 2019, "medium.com", "Saying no to a client is a service. I refuse work that I would "
     "do badly, and I tell managers so at once."),
    ("Trust", "", 2020, "medium.com", "Managers earn trust by keeping small promises. Trust grows "
     "slowly between a manager and her team."),
    ("Trust", "Later", 2020, "medium.com", "Trust that is lost comes back on foot."),
    ("Trust", "Once more", 2020, "medium.com", "I trust managers who say what they do not know."),
    ("Trust", "At last", 2020, "medium.com", "A manager without trust counts the hours."),
    ("The Small Promise", "", 2023, "ines.example.org", "I was wrong to praise managers. I no "
     "longer believe that trust is earned by managers alone; teams give it in advance."),
    ("On Waiting", "", 2021, "ines.example.org", "I like queues. Waiting at the station teaches "
     "patience, and I read while I wait."),
    ("Fermentation in 2021", "", 2022, "ines.example.org", "The kraut took six weeks in a cold "
     "cellar. Fermentation needs salt and patience."),
    ("Home", "", 2022, "medium.com", "Home is where the kettle is. My mother kept a kettle in "
     "every room."),
    ("Offices", "", 2024, "ines.example.org", "A home office needs a door. Working from a home "
     "office is lonely; I rent a desk."),
    ("Databases", "", 2023, "medium.com", "Name a boolean column in a table after a question: "
     "is_paid, and never no or yes."),
    ("Salt: A Love Story", "", 2018, "medium.com", "I married a man who never salts his soup."),
)  # fmt: skip


@pytest.fixture(scope="module")
def tools(tmp_path_factory: pytest.TempPathFactory) -> Tools:
    return tools_of(tmp_path_factory.mktemp("index"), rows(PASSAGES))


def found(tools: Tools, question: str, k: int = 4, **shape: object) -> list[str]:
    """Titles of the passages found, in order."""
    hits = retrieve(tools, "ines", question, Retrieval().model_copy(update=shape), k).hits
    return [hit.title for hit in hits]


@pytest.mark.parametrize("search", ["hybrid", "vector"])
@pytest.mark.parametrize(
    ("question", "named"),
    [
        ('What is the difference between your essays "Trust" and "No"?', ["Trust", "No"]),
        ('In "No" and "Trust", what do you say about managers?', ["No", "Trust"]),
        ('Summarise "Trust" and compare it with "The Small Promise"',
         ["Trust", "The Small Promise"]),
        ('What is "Home" about and what is "Offices" about?', ["Home", "Offices"]),
        ('Does your essay "Home" mention the desk from "Offices"?', ["Home", "Offices"]),
        ('How does "Trust" differ from "On Waiting"?', ["Trust", "On Waiting"]),
        ('¿En qué se diferencian tu artículo "No" y tu artículo "Trust"?', ["No", "Trust"]),
    ],
)  # fmt: skip
def test_all_texts_that_are_named_come_first(
    tools: Tools, question: str, named: list[str], search: str
):
    assert found(tools, question, search=search)[:2] == named


@pytest.mark.parametrize(
    "question",
    [
        'Which posts contradict what you say in "Trust"?',
        'Where do you take back what you said in "Trust" about managers?',
        'How does your essay "Trust" compare with your later posts on managers?',
    ],
)
def test_a_text_that_is_named_hides_no_other(tools: Tools, question: str):
    """It has four passages, and as many places."""
    assert found(tools, question) == ["Trust", "Trust", "Trust", "The Small Promise"]


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ('Do you have an article on "home" offices?', "Offices"),
        ('What does "home" say to you, when you work in a home office?', "Offices"),
        ('How do you name the "No" column in a table?', "Databases"),
        ('Is the article "No" by Chomsky about fermentation?', "Fermentation in 2021"),
    ],
)
def test_a_word_or_a_work_of_another_is_no_text_of_the_authors(
    tools: Tools, question: str, first: str
):
    assert found(tools, question)[0] == first


@pytest.mark.parametrize(
    ("question", "titles"),
    [
        ('Summarise your article "Fermentation in 2021" and what you wrote in 2021 about queues',
         ["Fermentation in 2021", "On Waiting"]),
        ('What did you write on Medium that contradicts your essay "On Waiting"?',
         ["On Waiting"]),
        ('What did you write in 2023 about managers that contradicts "Trust"?',
         ["Trust", "Trust", "Trust", "The Small Promise"]),
        ('What is the difference between "Home" and the posts you wrote in 2024 about offices?',
         ["Home", "Offices"]),
        ('In your essay "Offices", what did you write in 2022 about your mother?',
         ["Offices", "Home"]),
    ],
)  # fmt: skip
def test_period_and_source_hold_for_the_other_texts_alone(
    tools: Tools, question: str, titles: list[str]
):
    got = found(tools, question)
    assert got[: len(titles)] == titles


@pytest.mark.parametrize(
    "quoted",
    ["'No'", "‘No’", "‚No‘", "›No‹", "‹No›", "»No«", "”No”", "「No」", "『No』", "＂No＂", "“No”"]
    + ['"N\u00ado"', '"\u200bNo"', '"No\ufeff"'],
)  # fmt: skip
def test_quotation_marks_of_all_kinds_quote(tools: Tools, quoted: str):
    assert found(tools, f"What do you say in {quoted} about home offices?")[0] == "No"


def test_a_quoted_title_may_hold_an_apostrophe():
    for quoted in ("'Don't Panic'", "‘Don’t Panic’", "‚Don’t Panic‘"):
        reading = read_question(f"In {quoted}, what of salt?", TODAY, SOURCES, (), TITLES)
        assert reading.titles == ("Don’t Panic",)


def test_of_a_title_the_part_before_a_colon_names_its_text(tools: Tools):
    known = replace(tools, titles=lambda _: {"salt": "Salt"})
    assert found(known, 'In "Salt", what of managers?')[0] == "Salt: A Love Story"


def test_a_text_is_found_among_many_with_its_title_in_theirs(tmp_path: Path):
    many = [
        (f"Trust {number}", "", 2020, "medium.com", f"Managers earn trust in {number} ways.")
        for number in range(60)
    ]
    tools = tools_of(tmp_path, rows([*many, ("Trust", "", 2020, "medium.com", "It rained.")]))
    question = 'In "Trust", how do managers earn trust?'
    got = found(tools, question, candidates=4)
    assert got[0] == "Trust" and len(got) == 4


def test_titles_of_a_question_keep_within_its_places(tools: Tools):
    question = 'Compare "On Waiting", "Trust", "Home", "No", "Offices" and "Databases"'
    assert found(tools, question, 4)[:3] == ["On Waiting", "Trust", "Home"]
    assert len(found(tools, question, 4)) == 4
    assert found(tools, question, 1) == ["On Waiting"]
