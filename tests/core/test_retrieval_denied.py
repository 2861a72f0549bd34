"""What denies a period or source in ordinary words, and what only looks like a denial."""

import time
from datetime import UTC, date, datetime

import pytest

from twin_core.index.base import Filters
from twin_core.retrieval.selfquery import read_question

TODAY = date(2026, 11, 24)
SOURCES = ("ines.example.org", "medium.com", "linkedin", "ines.substack.com")
DENIED = """
Deine Artikel von 2020 bitte nicht
Deine Artikel von 2020 lieber nicht
Deine Artikel von 2020 über Brot bitte nicht
Your posts from 2020, please don't
Your posts from 2020, rather not
Tes articles de 2020, surtout pas
Los artículos de 2020, mejor no
Scrap the posts from 2020
Scrap posts from 2020
Please scrap your posts from 2020
Cut the posts from 2020
Strike the articles of 2020
Dismiss your posts from 2020
Ban the essays of 2020
Bin posts from 2020
Block posts on Medium
Mute posts from 2020
Overlook your posts from 2020
Bypass the articles from 2020
Discount the essays from 2020
Torpedo the essays from 2020
Could you bury all your articles from 2020?
Steer clear of posts from 2020
Show me your essays, but scrap those of 2020
Spar dir die Artikel von 2020
Meide die Artikel von 2020
Verbanne deine Beiträge von 2020
Passe les articles de 2020
Fais abstraction des articles de 2020
Bannis les articles de 2020
All your essays bar those of 2020
Keep your 2020 posts to yourself
Pretend your 2020 posts don't exist
Can't you leave out your posts from 2020?
Can't you show me anything that is not from 2020?
How about skipping 2020 in what you wrote?
What did you write about bread, but not in 2020?
What did you write about bread, excluding posts from 2020?
What did you write until 2020, exclusive?
Your 2020 posts: leave them out
Posts from 2020? Leave them out.
What did you write in 2020? Please don't show me posts from then
Your articles from 2020? Rather not.
Les articles de 2020, je m'en passe
Everything from 2020 can go: posts, essays
Everything you wrote in 2020 can go
Nuke everything you wrote in 2020
Nuke what you wrote in 2020
Nuke posts from 2020
Why don't you skip the posts from 2020?
What did you write if you exclude 2020?
""".strip().splitlines()
ASKED = """
Didn't you write about bread in 2021? | 2021 |
Wasn't there a post in 2021 about ovens? | 2021 |
Isn't there an article on Medium about ovens? | | medium.com
Can't you tell me what you wrote in 2020 about bread? | 2020 |
Hast du 2021 nicht etwas über Öfen geschrieben? | 2021 |
¿No escribiste en 2021 sobre el pan? | 2021 |
N'as-tu pas écrit sur le pain en 2021 ? | 2021 |
N'as-tu pas écrit un article en 2021 ? | 2021 |
Which posts from 2021 deal with rejected drafts? | 2021 |
Which of your posts from 2021 did readers hate? | 2021 |
Which of your 2021 posts did readers hate? | 2021 |
What did you write in 2020 about microservices that nobody needs? | 2020 |
What did you write in 2020 about email, and why does nobody read it? | 2020 |
What did you write on Medium about things you hate? | | medium.com
¿Qué escribiste en 2021 sobre olvidar? | 2021 |
What did you write about minus signs in 2020? | 2020 |
What did you write about working outside in 2020? | 2020 |
Compare your posts from 2020 | 2020 |
Blog posts from 2020 | 2020 |
your political posts from 2020 | 2020 |
all the travel essays of 2020 | 2020 |
Remind me of your posts from 2020 | 2020 |
What did you write in 2020 on forgetting? | 2020 |
Deine Artikel von 2020 | 2020 |
Tes articles de 2020 | 2020 |
In your posts from 2020, what is bread? | 2020 |
Sammle die Artikel von 2020 | 2020 |
Rassemble les articles de 2020 | 2020 |
Reúne los artículos de 2020 | 2020 |
Fasse deine Artikel von 2020 zusammen | 2020 |
""".strip().splitlines()
AFTER_AN_EVENT = """
What did you write after you stopped posting on Medium?
What have you written since you quit writing on Medium?
What did you write before you started on Substack?
What did you write after you left Medium?
What did you write before leaving for a job on LinkedIn?
What did you write before the launch of your newsletter on Substack?
What did you write after your last post on Medium?
Was hast du geschrieben, bevor du auf Medium angefangen hast?
Was hast du nach deinem Start auf Substack geschrieben?
Qu'as-tu écrit avant de commencer sur Substack ?
¿Qué escribiste después de dejar de publicar en Medium?
¿Qué escribiste antes de empezar en Substack?
""".strip().splitlines()


@pytest.mark.parametrize("question", DENIED + AFTER_AN_EVENT)
def test_what_is_denied_is_no_filter(question: str):
    assert read_question(question, TODAY, SOURCES).filters == Filters()


@pytest.mark.parametrize("line", ASKED)
def test_what_is_only_asked_with_such_words_is_a_filter(line: str):
    question, year, source = (part.strip() for part in line.split("|"))
    reading = read_question(question, TODAY, SOURCES)
    filters = reading.filters if reading.firm else reading.lifts
    assert filters.since == (datetime(int(year), 1, 1, tzinfo=UTC) if year else None)
    assert filters.until == (datetime(int(year) + 1, 1, 1, tzinfo=UTC) if year else None)
    assert filters.sources == ((source,) if source else ())


@pytest.mark.parametrize(
    "part",
    [" ", "a ", "\n", "\t", "¿", "- ", '"No" ', "“a”", "« a » ", "“What did you say on Medium?” "],
)
def test_a_long_question_is_read_in_a_moment(part: str):
    began = time.perf_counter()
    read_question(part * (200_000 // len(part)), TODAY, SOURCES)
    assert time.perf_counter() - began < 2
