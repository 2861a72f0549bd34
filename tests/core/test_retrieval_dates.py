"""The period that a question asks for, on 24 November 2026, a Tuesday."""

from datetime import UTC, date, datetime

import pytest

from twin_core.retrieval.dates import period_of

TODAY = date(2026, 11, 24)
# question | first day | first day after; nothing where it is open
PERIODS = """
What did you write in 2024 about bread? | 2024-01-01 | 2025-01-01
articles in 2024 | 2024-01-01 | 2025-01-01
What did you write about in 2024? | 2024-01-01 | 2025-01-01
Which topics did you blog about since May 2022? | 2022-05-01 |
What did you mostly post about last year? | 2025-01-01 | 2026-01-01
your 2024 posts | 2024-01-01 | 2025-01-01
2024 articles about sleep | 2024-01-01 | 2025-01-01
posts from 2024 on bread | 2024-01-01 | 2025-01-01
in early 2024 | 2024-01-01 | 2025-01-01
at the end of 2024, what did you write | 2024-01-01 | 2025-01-01
May 2024 articles | 2024-05-01 | 2024-06-01
January of 2024 | 2024-01-01 | 2024-02-01
posts of January, 2024 | 2024-01-01 | 2024-02-01
articles, March 2024 | 2024-03-01 | 2024-04-01
posts in Q2 2024 | 2024-04-01 | 2024-07-01
2024 Q4 posts | 2024-10-01 | 2025-01-01
in the second quarter of 2024 | 2024-04-01 | 2024-07-01
the last quarter of 2024 posts | 2024-10-01 | 2025-01-01
in H1 2024 | 2024-01-01 | 2024-07-01
posts in the summer of 2023 | 2023-01-01 | 2024-01-01
posts in winter 2023 | 2022-12-01 | 2024-04-01
posts in the 2010s | 2010-01-01 | 2020-01-01
in the early 2020s | 2020-01-01 | 2030-01-01
on the 3rd of March 2024 | 2024-03-03 | 2024-03-04
on 2024-02-29 | 2024-02-29 | 2024-03-01
on 3 May 2024 | 2024-05-03 | 2024-05-04
on May 3rd, 2024, you said | 2024-05-03 | 2024-05-04
posts from 3-10 March 2024 | 2024-03-03 | 2024-03-11
posts on 3/14/2024 | 2024-03-14 | 2024-03-15
posts on 14/3/2024 | 2024-03-14 | 2024-03-15
on May 3rd | 2026-05-03 | 2026-05-04
What did you write in March? | 2026-03-01 | 2026-04-01
What did you write in December? | 2025-12-01 | 2026-01-01
what did you write last March | 2026-03-01 | 2026-04-01
posts since March | 2026-03-01 |
Anything since March 2025? | 2025-03-01 |
what changed since sept. 2024 | 2024-09-01 |
posts from March 2024 onwards about bread | 2024-03-01 |
posts from March 2024 on | 2024-03-01 |
posts in 2024 or later | 2024-01-01 |
posts from 2024 until today | 2024-01-01 | 2026-11-25
posts from 2024 until now | 2024-01-01 |
Your posts before 2023? | | 2023-01-01
posts from 2022 or earlier | | 2023-01-01
Your posts after 2023? | 2024-01-01 |
Your posts after December 2023? | 2024-01-01 |
until 2022, what did you hold? | | 2023-01-01
posts not before 2024 | 2024-01-01 |
posts not published before 2024 | 2024-01-01 |
no earlier than March 2023 | 2023-03-01 |
not later than 2023 | | 2024-01-01
between 2020 and 2022 | 2020-01-01 | 2023-01-01
posts between 2020 and now | 2020-01-01 |
posts from 2020 to present | 2020-01-01 |
posts as of 2024 | 2024-01-01 |
posts up to and including 2022 | | 2023-01-01
posts in 2024, not 2023 | 2024-01-01 | 2025-01-01
posts from 2020–2022 | 2020-01-01 | 2023-01-01
What did you write in 2020, and why? | 2020-01-01 | 2021-01-01
What did you write in 2020 about the years before? | 2020-01-01 | 2021-01-01
What did you write in 2020, which you had never said before? | 2020-01-01 | 2021-01-01
What did you write each day in May 2024? | 2024-05-01 | 2024-06-01
posts between March and May 2024 | 2024-03-01 | 2024-06-01
posts from November to February | 2025-11-01 | 2026-03-01
from May 2020 to June 2021 | 2020-05-01 | 2021-07-01
since 2020 until 2022 | 2020-01-01 | 2023-01-01
after 2020 but before 2023 | 2021-01-01 | 2023-01-01
not before 2020 and not after 2022 | 2020-01-01 | 2023-01-01
in 2020, 2021 and 2022 | 2020-01-01 | 2023-01-01
in 2020 or 2021 | 2020-01-01 | 2022-01-01
What did you write yesterday? | 2026-11-23 | 2026-11-24
the day before yesterday, what did you write | 2026-11-22 | 2026-11-23
Any posts from today? | 2026-11-24 | 2026-11-25
What did you publish last year? | 2025-01-01 | 2026-01-01
this year's posts | 2026-01-01 | 2027-01-01
what of last month | 2026-10-01 | 2026-11-01
posts of this month | 2026-11-01 | 2026-11-25
posts last week | 2026-11-16 | 2026-11-23
posts this week | 2026-11-23 | 2026-11-25
before last year | | 2025-01-01
since last month | 2026-10-01 |
in the last two weeks | 2026-11-10 | 2026-11-25
over the past year | 2025-11-24 | 2026-11-25
articles from the last 3 months about sleep | 2026-08-24 | 2026-11-25
articles of the last decade | 2016-11-24 | 2026-11-25
the past few weeks' posts | 2026-11-03 | 2026-11-25
What did you write two years ago? | 2024-01-01 | 2025-01-01
what did you write a month ago | 2026-10-01 | 2026-11-01
what did you write 3 days ago | 2026-11-21 | 2026-11-22
more than two years ago | | 2025-01-01
at least two years ago | | 2025-01-01
at most two years ago | 2024-01-01 |
two years ago or more | | 2025-01-01
two years ago at most | 2024-01-01 |
two or three years ago | 2023-01-01 | 2025-01-01
one or two years ago | 2024-01-01 | 2026-01-01
between two and three years ago | 2023-01-01 | 2025-01-01
from two to three years ago | 2023-01-01 | 2025-01-01
2-3 years ago | 2023-01-01 | 2025-01-01
six months or a year ago | 2025-01-01 | 2026-06-01
vor zwei oder drei Jahren | 2023-01-01 | 2025-01-01
vor mindestens zwei Jahren | | 2025-01-01
höchstens vor zwei Jahren | 2024-01-01 |
il y a deux ou trois ans | 2023-01-01 | 2025-01-01
il y a au plus deux ans | 2024-01-01 |
hace dos o tres años | 2023-01-01 | 2025-01-01
hace al menos dos años | | 2025-01-01
in 2020–22 | 2020-01-01 | 2023-01-01
in 2009–12 | 2009-01-01 | 2013-01-01
in 1998–02 | 1998-01-01 | 2003-01-01
in 2020/21 | 2020-01-01 | 2022-01-01
in 2020/2021 | 2020-01-01 | 2022-01-01
from 2020 – 22 May 2022 | 2020-01-01 | 2022-05-23
posts before the end of 2020 | | 2021-01-01
posts before early 2020 | | 2020-01-01
posts before mid 2020 | | 2020-09-01
posts after the start of 2024 | 2024-01-01 |
posts after the end of 2024 | 2025-01-01 |
posts before the end of May 2024 | | 2024-06-01
posts after the beginning of May 2024 | 2024-05-01 |
posts since late 2024 | 2024-09-01 |
posts by the 5th of May 2024 | | 2024-05-06
Which posts were written by the end of 2024? | | 2025-01-01
posts by 2020 | | 2021-01-01
Artikel spätestens aus 2020 | | 2021-01-01
Artikel frühestens aus 2020 | 2020-01-01 |
articles au plus tard en 2020 | | 2021-01-01
artículos a más tardar en 2020 | | 2021-01-01
posts from 2020 at the latest | | 2021-01-01
posts from 2020 at the earliest | 2020-01-01 |
Beiträge vor Ende 2020 | | 2021-01-01
articles avant fin 2020 | | 2021-01-01
posts older than two years | | 2024-11-24
posts no older than two years | 2024-11-24 |
posts older than two years but newer than five years | 2021-11-24 | 2024-11-24
posts at most two weeks old | 2026-11-10 |
posts at least two years old | | 2024-11-24
Artikel nicht älter als zwei Jahre | 2024-11-24 |
Artikel, die jünger als zwei Jahre sind | 2024-11-24 |
Qu'as-tu écrit il y a plus de deux ans ? | | 2024-11-24
¿Qué escribiste hace menos de dos años? | 2024-11-24 |
What did you write in '19? | 2019-01-01 | 2020-01-01
What did you write in ’99? | 1999-01-01 | 2000-01-01
Was hast du 2024 über Brot geschrieben? | 2024-01-01 | 2025-01-01
Was hast du letztes Jahr geschrieben? | 2025-01-01 | 2026-01-01
Was hast du im letzten Jahr geschrieben? | 2025-01-01 | 2026-01-01
Was hast du im März 2024 geschrieben? | 2024-03-01 | 2024-04-01
Artikel aus dem Jahr 2024 | 2024-01-01 | 2025-01-01
Beiträge vom 3. März 2024 | 2024-03-03 | 2024-03-04
Beiträge vom 3.4.2024 | 2024-04-03 | 2024-04-04
Artikel seit März 2024 | 2024-03-01 |
Artikel von 2020 bis 2022 | 2020-01-01 | 2023-01-01
zwischen März und Mai 2024 | 2024-03-01 | 2024-06-01
Artikel nicht vor 2024 | 2024-01-01 |
in den letzten drei Monaten | 2026-08-24 | 2026-11-25
Was hast du vor zwei Jahren geschrieben? | 2024-01-01 | 2025-01-01
Was hast du diese Woche geschrieben? | 2026-11-23 | 2026-11-25
Was hast du gestern geschrieben? | 2026-11-23 | 2026-11-24
Qu'as-tu écrit en 2024 sur le pain ? | 2024-01-01 | 2025-01-01
Qu'as-tu écrit l'année dernière ? | 2025-01-01 | 2026-01-01
Qu'as-tu écrit le mois dernier ? | 2026-10-01 | 2026-11-01
Qu'as-tu écrit hier ? | 2026-11-23 | 2026-11-24
articles d'avril 2024 | 2024-04-01 | 2024-05-01
tes articles depuis mars 2024 | 2024-03-01 |
tes articles en mars | 2026-03-01 | 2026-04-01
articles de 2020 à 2022 | 2020-01-01 | 2023-01-01
articles avant le 3 mars 2024 | | 2024-03-03
les trois derniers mois | 2026-08-24 | 2026-11-25
qu'as-tu publié il y a deux ans | 2024-01-01 | 2025-01-01
¿Qué escribiste el año pasado? | 2025-01-01 | 2026-01-01
¿Qué escribiste en 2024 sobre el pan? | 2024-01-01 | 2025-01-01
¿Qué publicaste en marzo de 2024? | 2024-03-01 | 2024-04-01
artículos del 3 de marzo de 2024 | 2024-03-03 | 2024-03-04
artículos desde 2020 hasta 2022 | 2020-01-01 | 2023-01-01
los últimos tres meses | 2026-08-24 | 2026-11-25
¿Qué escribiste hace dos años? | 2024-01-01 | 2025-01-01
""".strip().splitlines()
NONE = """
Why bread?
Explain it in 2000 words
What of the war of 1812?
Is it in 20240?
on 2024-02-31
from 2024 to 2020
in 2024.5 seconds
May I ask in march?
room 2024
articles about HTTP 2024 errors
Windows 2000 posts
What do you think about the year 2000 bug?
What did you write about 2024?
What did you write about the March 2024 outage?
write me a post in 2024 style
posts on 3/4/2024
neither in 2024 nor in 2025
posts from years other than 2024
posts outside of 2024
not in 2024 but in 2022
What did you write in May of every year?
What do you write each year in December?
What do you usually post in May?
Was hast du im Dezember jedes Jahres geschrieben?
¿Qué escribes cada año en diciembre?
before 2020 or after 2023
before 2020 and after 2023
in 2020 or 2023
in 2020, 2021 and 2024
in March and May 2024
from 2020 to 2022 or in 2025
between 2020
How do your posts of 2020 differ from those of 2024?
Was hast du 2024 nicht geschrieben?
Was hast du hier geschrieben?
How do people bake today?
life on Mars, and bread in mayo
What is in the last two loaves?
the year before last
What did you write two years before 2020?
What did you write in the two years before 2020?
posts from five years after 2015
posts in the second week of May 2024
posts in the second week in May 2024
posts from the week of 5 May 2024
posts in the year to May 2024
on the first Monday of May 2024
posts from last summer
articles by April
What did you write in '85?
zwei Jahre vor 2020, was hast du geschrieben
Is a march of 2 days long?
posts of the last 0 days
posts at least 2024
in 2020-22
in 2020–05
in 2020/1
in 2020/11
in 2020/2023
posts in December 9999
""".strip().splitlines()


def moment(day: str) -> datetime | None:
    return datetime.fromisoformat(day).replace(tzinfo=UTC) if day else None


@pytest.mark.parametrize("line", PERIODS)
def test_a_period_is_read(line: str):
    question, since, until = (part.strip() for part in line.split("|"))
    period = period_of(question, TODAY)
    assert period is not None
    assert (period.since, period.until) == (moment(since), moment(until))
    assert question[period.start : period.end].strip()


@pytest.mark.parametrize("question", NONE)
def test_what_is_no_period_or_not_one_is_not_read(question: str):
    assert period_of(question, TODAY) is None


@pytest.mark.parametrize(
    "part",
    [
        "two or ",
        "2–",
        "between two and ",
        "vor zwei ",
        "two years or ",
        "2020/",
        "at most ",
        "ago ",
    ],
)
def test_a_period_is_looked_for_in_time_that_grows_with_the_question(part: str):
    """A pattern that takes quadratic time would not come to an end here."""
    assert period_of((part * 200_000)[:200_000], TODAY) is None
