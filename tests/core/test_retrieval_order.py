"""Questions that name an article by its place in time, or a time, and ask for another one."""

import pytest

from twin_core.retrieval.recency import by_order

READERS_OWN = """
How do I write first?
What should I publish first?
What should you write first?
What would you have written first?
What do you write first?
What did he write first?
What have I written last?
Where do I post first?
How do I write my first article?
how to write the first post
What is the last article you read?
What is the last article that I read?
Was soll ich zuerst schreiben?
Was habe ich zuletzt geschrieben?
Qu'est-ce que j'ai écrit en dernier ?
""".strip().splitlines()
ANOTHER_PLACE = """
What came after your first post?
What did you write before your latest article?
Which articles came before your latest article?
Which articles came after your first article?
What have you posted since your last post?
What did you write until your last article?
older than your latest article
newer than your latest article?
Is it older than your latest post?
the last article but one
How does your first post compare with your latest post?
What was your first post this year?
your first post today
Was hast du nach deinem ersten Artikel geschrieben?
Was hast du vor deinem letzten Artikel geschrieben?
Was hast du geschrieben, bevor dein letzter Artikel erschien?
Was hast du seit deinem letzten Artikel geschrieben?
Was ist älter als dein letzter Artikel?
avant ton dernier article
après ton premier article
Qu'as-tu écrit depuis ton dernier article ?
antes de tu último artículo
después de tu primera entrada
¿Qué escribiste desde tu último artículo?
""".strip().splitlines()
DENIED = """
everything but your latest article
Show me every article but your latest article
What is not your latest article?
What is your newest article not about?
Don't show me your latest article
all except your first post
other than your newest text
Besides your latest article, what do you like?
Every post without your latest post
alles außer deinem neuesten Artikel
alle Artikel ohne deinen letzten Beitrag
Was ist nicht dein neuester Artikel?
Was hast du nicht zuletzt geschrieben?
tous sauf ton dernier article
Quel n'est pas ton dernier article ?
todo excepto tu último artículo
todos menos tu primer artículo
¿Cuál no es tu último artículo?
""".strip().splitlines()


@pytest.mark.parametrize("question", READERS_OWN + ANOTHER_PLACE + DENIED)
def test_another_article_than_the_one_named_is_searched_for(question: str):
    assert by_order(question, lambda: "dcba") is None


@pytest.mark.parametrize(
    ("question", "docs"),
    [
        ("What did you last write?", "d"),
        ("What did you ever publish first?", "a"),
        ("What have you written most recently?", "d"),
        ("What have you last published?", "d"),
        ("Could you tell me what you wrote last?", "d"),
        ("Which of your articles was first published?", "a"),
        ("Would you write a summary of your latest article?", "d"),
        ("I want you to write a summary of your latest article", "d"),
        ("Can I read your latest article?", "d"),
        ("Was hast du zuerst veröffentlicht?", "a"),
    ],
)
def test_what_the_author_has_written_first_or_last_is_found(question: str, docs: str):
    reading = by_order(question, lambda: "dcba")
    assert reading and reading.filters.doc_ids == tuple(docs)
