"""Questions that say what they do not want: no filter is set to just that."""

from datetime import UTC, date, datetime

import pytest

from twin_core.index.base import Filters
from twin_core.retrieval.recency import by_order
from twin_core.retrieval.selfquery import read_question

TODAY = date(2026, 11, 24)
SOURCES = ("ines.example.org", "medium.com", "linkedin", "ines.substack.com")
LEFT_OUT = """
What did you write apart from 2020?
What did you write aside from 2020?
What did you write in any month but May 2024?
What did you write prior to moving to Berlin in 2018?
What did you write earlier than joining Acme in 2015?
What did you write ahead of the 2020 pandemic?
What did you write before your post of May 2024?
What did you write since your article of May 2024?
Hide posts from 2020
Filter out posts from 2020
Drop posts from 2020
Skip posts from 2020
Leave out posts from 2020
Leave the posts from 2020 out, please
Ignore posts from 2020
Posts from 2020 are excluded
Posts from 2020 about bread should be left out
I'm not interested in what you wrote in 2020
I do not want to read anything that was written in 2020
None of the essays that you published in 2020
I have read your posts from 2020. What else is there?
Your posts from 2020 I have already read
Posts from 2020 do not interest me
I know what you published in 2020, what else do you have?
Your posts from 2020? No thanks.
Posts from 2020? Skip those.
Posts written in 2020 can be dropped
Everything you published, with the exception of posts from 2020
Show me other posts than those from 2020
Don't show me articles published in 2020
I dont need the essays that you wrote last year
Spare me the posts from last year
I am tired of the posts from 2020
Anything written in a year different from 2020
All your posts, minus those from 2020
Please stop showing me posts from 2020
Avoid articles from March 2024
Disregard, for this question and all the ones that follow, every post from 2020
Give me something you wrote, but please nothing that was published in 2020
Remove what you wrote in May 2024 from the list
Posts from 2020, no thanks
Keep articles from 2020 out of this
Hide what you wrote on Medium
What did you write aside from Substack?
I am not interested in LinkedIn posts
Omit what you published on Medium in 2020
What did you publish anywhere else than on Medium?
I have read what you wrote on Medium. What else is there?
Skip everything on LinkedIn
Hide your latest article
I'm not interested in your latest article
I have read your latest article. What else is there?
Your latest article should be left out
Leave out your first post
Skip your last two posts
Blende die Beiträge von 2020 aus
Blende Beiträge aus, die du 2020 geschrieben hast
Ignoriere die Beiträge aus 2020
Lass die Beiträge aus 2020 weg
Lass alles weg, was du 2020 geschrieben hast
Beiträge aus 2020 bitte ausblenden
Die Beiträge aus 2020 interessieren mich nicht
Die Artikel von 2020 kenne ich schon
Ich habe deine Beiträge von 2020 gelesen. Was gibt es sonst?
Zeig mir nichts, was du 2020 geschrieben hast
Artikel aus 2020 sollen nicht gezeigt werden
Schließe Artikel aus 2020 bitte aus
Artikel aus 2020 sind ausgeschlossen
Überspringe die Texte aus dem Jahr 2020
Alle Beiträge mit Ausnahme von 2020
Was hast du in anderen Jahren als 2020 geschrieben?
Was hast du vor dem Umzug nach Berlin im Jahr 2018 geschrieben?
Was hast du vor deinem Artikel vom Mai 2024 geschrieben?
Was hast du außer auf Medium geschrieben?
Ignoriere, was du auf LinkedIn veröffentlicht hast
Lass deinen neuesten Artikel weg
Blende deinen letzten Beitrag aus
Ne me montre rien que tu aies écrit en 2020
Cache les articles de 2020
Cachez-moi les articles de 2020
Masque tout ce que tu as publié en 2020
Ignore les billets de 2020
Laisse de côté les articles de 2020
Les articles de 2020 ne m'intéressent pas
Les articles de 2020 doivent être exclus
J'ai déjà lu tes articles de 2020. Quoi d'autre ?
Qu'as-tu écrit d'autre qu'en 2020 ?
Qu'as-tu écrit à part en 2020 ?
Qu'as-tu écrit avant ton article de mai 2024 ?
Qu'as-tu écrit avant de partir à Berlin en 2018 ?
Tous tes articles à l'exception de ceux de 2020
Je ne veux plus voir ce que tu as écrit en 2020
Qu'as-tu écrit ailleurs, sauf sur Medium ?
Cache ce que tu as écrit sur LinkedIn
Ne me montre pas ton dernier article
Oculta los artículos de 2020
Ignora los artículos de 2020
No me muestres nada que escribiste en 2020
No me muestres nada que hayas publicado en 2020
Omite todo lo que publicaste en 2020
Deja fuera los artículos de 2020
Los artículos de 2020 no me interesan
Los artículos de 2020 quedan excluidos
Ya he leído tus artículos de 2020. ¿Qué más hay?
Todos los artículos a excepción de los de 2020
¿Qué escribiste aparte de 2020?
¿Qué escribiste antes de mudarte a Berlín en 2018?
¿Qué escribiste, salvo en Medium?
Oculta lo que publicaste en LinkedIn
Oculta tu último artículo
Everything but 2020, please: what did you write?
What have you written that isn't from 2020?
Which of your articles weren't published in 2020?
Posts: all years but 2020
Show me your writing, 2020 excluded
Your 2020 posts bore me; what else did you write?
Give me posts with no overlap with those published in 2020
I've seen everything you posted in 2020
Exclude: posts from 2020
Not posts from 2020
What did you write when it wasn't 2020?
Can you leave what you wrote in 2020 out of the answer?
Please do without posts from 2020
Which posts do not date from 2020?
Posts from 2020 don't count
Posts from 2020 needn't be listed
2020 posts should not be included
Of your posts, those from 2020 are of no interest to me
What did you write about bread, but not in 2020?
What did you write long before your essay from 2020?
Write me a summary of your posts, ignoring those from last year
What did you publish outside Medium?
Everything except your Medium posts and your posts on LinkedIn
What did you write elsewhere than on Medium?
posts on Medium don't interest me
Forget Medium; what did you write on other sites?
Anything but the latest article
Your latest article, no thanks
Not your latest article
Zeig mir alles, nur nicht aus 2020
Alle Texte, nur die von 2020 nicht
Ich will keine Beiträge aus 2020 sehen
Was hast du geschrieben, ausgenommen 2020
Verzichte auf Artikel aus 2020
Auf Beiträge aus 2020 kann ich verzichten
Beiträge aus 2020 brauche ich nicht
Was hast du anderswo als auf Medium geschrieben?
Beiträge auf Medium interessieren mich nicht
Nicht deinen neuesten Artikel
Die Beiträge von 2020 lass bitte weg
Was hast du geschrieben, bevor du 2018 nach Berlin gezogen bist?
Je ne m'intéresse pas aux articles de 2020
Aucun article de 2020
Tes articles de 2020, non merci
Les articles publiés en 2020 sont à exclure
N'affiche pas les articles de 2020
Évite les articles de 2020
Qu'as-tu écrit ailleurs que sur Medium ?
Les billets sur Medium ne comptent pas
Tout sauf ton dernier article
No quiero leer nada de lo que escribiste en 2020
Ningún artículo de 2020
Tus artículos de 2020, no gracias
Quita los artículos de 2020
No me interesan los artículos de 2020
¿Qué escribiste en otros años que no sean 2020?
Los artículos de 2020 no los quiero
¿Qué escribiste en otro sitio que no sea en Medium?
Sáltate lo que escribiste en Medium
Todo menos tu último artículo
posts not from 2024
posts that are not from 2024
posts since 2020 except 2022
posts of the last 2 years, not 2025
ignore anything before 2024
all posts except those from 2024
everything but in 2024
Why did you not write in 2024?
posts not between 2020 and 2022
What did you write before 2020, and what after?
What did you write in 2020 and what have you written since?
What did you write in 2020? And what since then?
I read what you wrote in 2020. What have you written since?
Was hast du 2020 geschrieben und was danach?
Qu'as-tu écrit en 2020, et après ?
¿Qué escribiste en 2020, y después?
What did you write before and after 2020?
alles außer 2024, nicht aus 2024
Artikel, die nicht aus 2024 sind
articles pas de 2024
artículos que no son de 2024
posts that aren't older than two years
posts not two or three years ago
posts not in winter 2020/21
What did you write in 2021 besides recipes?
What did you write about bread, skipping posts from 2020?
What did you write about bread apart from 2020?
What did you write about bread excluding what is from 2020?
""".strip().splitlines()
# question | first day | first day after | sources
PLAIN = """
What did you write in 2020? | 2020-01-01 | 2021-01-01 |
What have you published since March 2024? | 2024-03-01 | |
What did you write in 2020 about skipping breakfast? | 2020-01-01 | 2021-01-01 |
What did you write about leaving Google in 2020? | 2020-01-01 | 2021-01-01 |
Which posts from 2020 discuss salted butter, quite briefly? | 2020-01-01 | 2021-01-01 |
In 2020, what else did you write? | 2020-01-01 | 2021-01-01 |
What other posts did you publish in 2020? | 2020-01-01 | 2021-01-01 |
I want to read what you wrote in 2020 | 2020-01-01 | 2021-01-01 |
Can I read your posts from 2020? | 2020-01-01 | 2021-01-01 |
Show me only posts from 2020 | 2020-01-01 | 2021-01-01 |
posts not before 2020 | 2020-01-01 | |
posts no later than 2020 | | 2021-01-01 |
What did you write under two years ago? | 2024-01-01 | |
What did you write under 6 months ago? | 2026-05-01 | |
What did you write over two years ago? | | 2025-01-01 |
What did you write two years ago? | 2024-01-01 | 2025-01-01 |
What did you write on Substack? | | | ines.substack.com
What did you write on Medium in 2020? | 2020-01-01 | 2021-01-01 | medium.com
Your essays about bread on LinkedIn since 2022 | 2022-01-01 | | linkedin
articles from last year about rest | 2025-01-01 | 2026-01-01 |
Summarise what you published last month | 2026-10-01 | 2026-11-01 |
Which of your posts were written before 2020? | | 2020-01-01 |
What did you post after 2022 but before 2025? | 2023-01-01 | 2025-01-01 |
Was hast du 2020 geschrieben? | 2020-01-01 | 2021-01-01 |
Welche Beiträge hast du seit März 2024 veröffentlicht? | 2024-03-01 | |
Was hast du auf Medium geschrieben? | | | medium.com
Was hast du auf Substack über Brot geschrieben? | | | ines.substack.com
Welche Beiträge hast du bei LinkedIn veröffentlicht? | | | linkedin
Was hast du 2020 auf Medium geschrieben? | 2020-01-01 | 2021-01-01 | medium.com
Zeig mir Beiträge von Medium | | | medium.com
Beiträge auf Medium und auf LinkedIn | | | medium.com,linkedin
Suche nach den Artikeln aus 2020 | 2020-01-01 | 2021-01-01 |
Lass mich die Artikel aus 2020 lesen | 2020-01-01 | 2021-01-01 |
Was hast du vor allem 2020 geschrieben? | 2020-01-01 | 2021-01-01 |
Artikel nicht vor 2020 | 2020-01-01 | |
Qu'as-tu écrit en 2020 ? | 2020-01-01 | 2021-01-01 |
Quels articles as-tu publiés depuis 2022 ? | 2022-01-01 | |
Qu'as-tu écrit sur Medium ? | | | medium.com
Qu'as-tu publié sur Medium en 2020 ? | 2020-01-01 | 2021-01-01 | medium.com
Quels articles as-tu publiés sur LinkedIn l'année dernière ? | 2025-01-01 | 2026-01-01 | linkedin
Ne montre que les articles de 2020 | 2020-01-01 | 2021-01-01 |
tes billets sur Substack à propos du pain | | | ines.substack.com
¿Qué escribiste en 2020? | 2020-01-01 | 2021-01-01 |
¿Qué publicaste desde 2022? | 2022-01-01 | |
¿Qué escribiste en Medium? | | | medium.com
¿Qué escribiste en Medium en 2020? | 2020-01-01 | 2021-01-01 | medium.com
artículos en Substack sobre el pan | | | ines.substack.com
Muéstrame los artículos de 2020 | 2020-01-01 | 2021-01-01 |
Which posts of 2021 mention regret? | 2021-01-01 | 2022-01-01 |
What did you write in March 2024 about hiding data? | 2024-03-01 | 2024-04-01 |
Tell me what you published yesterday | 2026-11-23 | 2026-11-24 |
Your posts between 2019 and 2021 | 2019-01-01 | 2022-01-01 |
List everything you wrote this year | 2026-01-01 | 2027-01-01 |
What did you post in the last two weeks? | 2026-11-10 | 2026-11-25 |
What did you write on Medium, and when? |  |  | medium.com
What have you written exclusively on Medium? |  |  | medium.com
What did you write about dropping out in 2020? | 2020-01-01 | 2021-01-01 |
Summarize your posts on Substack from 2023 | 2023-01-01 | 2024-01-01 | ines.substack.com
What did you write about sin in 2020? | 2020-01-01 | 2021-01-01 |
What did you write in 2020 about bread without yeast? | 2020-01-01 | 2021-01-01 |
What did you write in 2020 that you no longer believe? | 2020-01-01 | 2021-01-01 |
Welche Artikel stammen aus 2021? | 2021-01-01 | 2022-01-01 |
Was hast du zwischen 2019 und 2021 geschrieben? | 2019-01-01 | 2022-01-01 |
Was hast du im Mai 2024 über Schlaf geschrieben? | 2024-05-01 | 2024-06-01 |
Fasse deine Beiträge auf Substack zusammen |  |  | ines.substack.com
Was hast du letzten Monat auf LinkedIn veröffentlicht? | 2026-10-01 | 2026-11-01 | linkedin
Welche deiner Texte auf Medium handeln von Brot? |  |  | medium.com
Was steht in deinen Artikeln auf Medium? |  |  | medium.com
Quels billets as-tu écrits en mars 2024 ? | 2024-03-01 | 2024-04-01 |
Résume tes articles publiés sur Medium |  |  | medium.com
Résume tes articles de 2021 | 2021-01-01 | 2022-01-01 |
Qu'as-tu publié entre 2019 et 2021 ? | 2019-01-01 | 2022-01-01 |
Que disent tes articles sur Substack ? |  |  | ines.substack.com
¿Qué publicaste el mes pasado? | 2026-10-01 | 2026-11-01 |
¿Qué artículos escribiste entre 2019 y 2021? | 2019-01-01 | 2022-01-01 |
Resume tus entradas en LinkedIn |  |  | linkedin
¿Qué has publicado en Substack sobre el pan? |  |  | ines.substack.com
¿De qué tratan tus artículos de 2021? | 2021-01-01 | 2022-01-01 |
""".strip().splitlines()


def moment(day: str) -> datetime | None:
    return datetime.fromisoformat(day).replace(tzinfo=UTC) if day else None


@pytest.mark.parametrize("question", LEFT_OUT)
def test_what_a_question_leaves_out_is_no_filter(question: str):
    assert by_order(question, lambda: "dcba") is None
    assert read_question(question, TODAY, SOURCES).filters == Filters()


@pytest.mark.parametrize("line", PLAIN)
def test_what_a_question_asks_for_remains_a_filter(line: str):
    question, since, until, sources = (part.strip() for part in line.split("|"))
    reading = read_question(question, TODAY, SOURCES)
    filters = reading.filters if reading.firm else reading.lifts
    assert (filters.since, filters.until) == (moment(since), moment(until))
    assert filters.sources == tuple(name for name in sources.split(",") if name)
