"""Questions of the author's own texts, and of others' writing."""

import time
from datetime import date

import pytest

from twin_core.index.base import Filters
from twin_core.retrieval.forms import LONGEST
from twin_core.retrieval.reading import Reading
from twin_core.retrieval.recency import by_order
from twin_core.retrieval.selfquery import read_question

TODAY = date(2026, 11, 24)
SOURCES = ("ines.example.org", "medium.com", "linkedin", "ines.substack.com")


KEPT = """
Qu'est-ce que tu as écrit en 2020 ? | 2020
¿Sobre qué escribiste en 2020? | 2020
Was sagst du in deinen Artikeln aus 2020 über Vertrauen? | 2020
Que dis-tu du pain dans tes articles de 2020 ? | 2020
¿Qué dices del pan en tus artículos de 2020? | 2020
Quels sont tes articles de 2020 ? | 2020
¿Cuáles son tus artículos de 2020? | 2020
Donne-moi un résumé de tes articles de 2021 | 2021
Gib mir einen Überblick über deine Beiträge aus 2020 | 2020
Combien d'articles as-tu écrits en 2020 ? | 2020
Do you mention bread in your 2021 posts? | 2021
Do any of your posts from 2021 mention bread? | 2021
I'm looking for your posts from 2020 | 2020
What did you talk about in 2021? | 2021
Hi! What did you write in 2020 about bread? | 2020
Zeige mir deine Medium-Artikel | medium.com
Your Medium articles about trust | medium.com
What topics did you write about in 2021? | 2021
Show me your essays on trust from 2020 | 2020
Anything about bread from last year? | 2025
Which of your LinkedIn posts from 2023 are about bread? | linkedin
Summarize what you wrote about AI on LinkedIn | linkedin
What do you write about on LinkedIn? | linkedin
Give me an overview of your writing in 2023 | 2023
Just your 2020 posts please | 2020
Welche Artikel hast du über Vertrauen auf LinkedIn geschrieben? | linkedin
Gibt es Beiträge über Brot aus 2021? | 2021
Worüber hast du im Mai 2024 geschrieben? | 2024
Deine Beiträge über Brot seit 2020 | 2020
Quels articles as-tu écrits sur la confiance en 2020 ? | 2020
Y a-t-il des billets sur le pain depuis 2021 ? | 2021
¿Hay artículos sobre el pan desde 2021? | 2021
¿Qué dijiste sobre el pan en 2020? | 2020
everything about bread since 2020 on Medium | 2020
What did you write in 2020 or 2021 about bread? | 2020
Find articles from 2020 that mention bread | 2020
Posts from 2020 mentioning bread | 2020
Which posts mention bread on Medium? | medium.com
Which articles about queues did you publish since 2020? | 2020
What did you write about in your newsletter in 2023? | 2023
Posts about writing on LinkedIn | linkedin
Show posts about blogging on Medium | medium.com
What did you write about newsletters on Medium? | medium.com
What did you say after the election in your posts on Medium? | medium.com
What did you write about newsletters in 2023? | 2023
What did you write about writing in 2022? | 2022
Everything about blogging from 2021 | 2021
What did you write in 2021 about love, death and the days after it? | 2021
What did you write in 2020 about work, home and what we did before that? | 2020
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
Tell me what you thought of bread in your posts of 2021
Since 2021, which posts have you written?
What did you say in your articles on Substack in 2021?
In your posts from 2020, what do you say about bread?
Alles, was du vor 2020 auf Medium geschrieben hast
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
def test_a_period_in_which_another_wrote_or_no_article_is_no_filter(question: str):
    reading = read_question(question, TODAY, SOURCES)
    assert reading.filters == Filters()


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
def test_a_source_where_another_wrote_or_of_the_subject_is_no_filter(question: str):
    reading = read_question(question, TODAY, (*SOURCES, "github"))
    assert reading.filters == Filters()


LEFT_OVER = """
Did you hate writing in school in 2003?
Who loved writing in 2012?
What made you love writing on Medium?
Do you still like posting on LinkedIn?
What is it like posting on LinkedIn as a baker?
Does your mother like posting on LinkedIn?
What was it like blogging in 2010?
Which article explains why you quit posting on LinkedIn?
Which essay explains why you stopped writing in 2021?
What did you write about people who post on LinkedIn?
What did you write about your posts on Medium?
What did you write about posting on LinkedIn?
Why did you stop writing on LinkedIn?
Do you like posting on Medium?
Pourquoi as-tu arrêté d'écrire sur LinkedIn ?
¿Por qué dejaste de escribir en Medium?
Which articles criticise articles from 2020?
Which posts mention articles from 2020?
Which of your articles quote posts on Medium?
Welche Artikel erwähnen Artikel aus 2020?
¿Qué artículos mencionan artículos de 2020?
Which articles from 2020 did you read?
Which articles from 2020 influenced you?
Which posts on Medium inspired you?
Which newsletters from 2020 did you subscribe to?
Which posts from 2020 did Anna write?
Which articles on Medium mention you?
Which posts on Medium are by other people?
Welche Artikel auf Medium empfiehlst du?
Welche Texte aus 2019 hast du gelesen?
Quels articles de 2020 as-tu lus ?
¿Qué artículos de 2020 escribió tu hermano?
Welche Artikel aus 2020 hat der Spiegel veröffentlicht?
Which posts from 2020 are not by you?
Welche Artikel aus 2020 sind nicht von dir?
the Guardian articles from 2020
Which posts haven't you published on Medium?
Which topics haven't you covered since 2020?
What didn't you write in 2020?
¿Qué no publicaste en Medium?
Que n'as-tu jamais écrit sur Medium ?
Show me posts about bread leaving out those on Medium
Show me posts about bread and ignore anything in 2020
What did you write about bread, ignoring stuff from 2020?
What did you write about bread anywhere save on Medium?
Zeig mir alle Beiträge über Brot mit Ausnahme der aus 2020
Posts on trust, skipping everything in 2020
What did you write about bread minus stuff from 2020
What did you write about bread avoiding stuff on Medium
What's new since March 2024?
What did you think about AI in 2021?
Has your view of trust changed since 2020?
the article of 2020 by Fukuyama
What did you write about bread before you moved to Berlin in 2018?
What did you learn in 2020, according to your posts?
All posts from 2020 are boring
posts on Medium or not on LinkedIn
What did you write in 2020 about things not on Medium?
What did you write about bread minus 2020?
Tell me about posts on Medium, never from 2020
Nothing from 2020
No posts from 2020
all but the posts from 2020
any posts other than from 2020
Which posts lack dates from 2020?
Which posts predate 2020?
your mother's posts from 2020
What posts did Anna write in 2020?
articles in the Guardian from 2020
What is missing in your posts from 2020?
the rest of your posts from 2020
"""


@pytest.mark.parametrize("question", LEFT_OVER.strip().splitlines())
def test_where_a_word_is_left_over_nothing_is_read(question: str):
    assert read_question(question, TODAY, SOURCES) == Reading(question)


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
    "part",
    ["about a ", "all the ", "in 2020 ", "on medium, ", "and in 2020 ", "which of the ", "please "]
    + [
        "about in 2020 ",
        "was hast du ",
        "nicht etwas ",
        "all ",
        "all just ",
        "hast du all ",
        "your ",
        "that you wrote ",
        "a, ",
    ],
)
@pytest.mark.parametrize("start", ["", "what did you write ", "posts ", "which ", "show me all "])
def test_a_form_is_looked_for_in_a_moment(start: str, part: str):
    """Up to the longest question that is compared with them."""
    began = time.process_time()
    read_question((start + part * 200)[: LONGEST - 8] + " in 2020", TODAY, SOURCES)
    assert time.process_time() - began < 1
