"""The steps of retrieval that need no index: filters, wordings, fusion, reranking, packing."""

import unicodedata
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from twin_core.index.base import Filters, Hit
from twin_core.retrieval import rerank
from twin_core.retrieval.expansion import other_wordings
from twin_core.retrieval.fusion import fuse_wordings
from twin_core.retrieval.parents import grown
from twin_core.retrieval.recency import by_order
from twin_core.retrieval.relevance import near_enough, relevant
from twin_core.retrieval.search import attempts
from twin_core.retrieval.selfquery import Reading, read_question
from twin_core.retrieval.terms import names_a_subject

TODAY = date(2026, 11, 24)
SOURCES = ("ines.example.org", "medium.com", "linkedin")


def hit(name: str, text: str = "words", **values: object) -> Hit:
    made = Hit(
        chunk_id=name,
        doc_id="d",
        parent_id="p",
        url="https://example.org/d/",
        title="Title",
        heading="",
        start=0,
        end=len(text),
        text=text,
        published_at=None,
        source="example.org",
        doc_version="v",
        score=0.5,
        cosine=0.5,
    )
    return replace(made, **values)  # type: ignore[arg-type]


def names(hits: list[Hit]) -> list[str]:
    return [one.chunk_id for one in hits]


def test_filters_of_writing_are_firm_and_leave_the_question():
    reading = read_question("What did you write on Medium in 2024 about bread?", TODAY, SOURCES)
    assert reading.firm
    assert reading.filters.sources == ("medium.com",)
    assert reading.filters.since == datetime(2024, 1, 1, tzinfo=UTC)
    assert reading.text == "What did you write about bread?"


def test_a_year_that_is_only_mentioned_is_not_firm_and_stays():
    question = "What did you learn in 2011 on a train?"
    reading = read_question(question, TODAY, SOURCES)
    assert not reading.firm
    assert reading.text == question
    assert reading.filters.since == datetime(2011, 1, 1, tzinfo=UTC)


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
    reading = read_question(question, TODAY, SOURCES)
    assert (reading.firm, reading.text) == (False, question)
    beside = read_question(f"{question[:-1]}, on Medium?", TODAY, SOURCES)
    if beside.firm:  # by the source alone
        assert beside.filters == Filters(sources=("medium.com",))


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
        ("What are your latest posts?", "dcb"),
        ("your last two essays", "dc"),
        ("What was the very first post on your blog about?", "a"),
        ("Worum geht es in deinem neuesten Artikel?", "d"),
        ("Fasse deine letzten 2 Beiträge zusammen", "dc"),
        ("De quoi parle ton dernier article ?", "d"),
        ("¿De qué trata tu último artículo?", "d"),
        ("your last 99 posts", "dcba"),
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
        ("Résume tes deux premiers billets en trois phrases", "ba"),
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
    assert read_question("Write about your articles in 2024", TODAY, ()).firm


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("on medium.com you said", ("medium.com",)),
        ("what you said at LinkedIn", ("linkedin",)),
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
        "Which of your posts on medium do you regret?",
        "What did you write on Medium about bread?",
        "from your Medium posts",
        "I do not get it. What did you write on Medium?",
        "posts on Medium, not on LinkedIn",
        'In "Why I Do Not Sleep", what of salt on Medium?',
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
        (
            "Compare what you wrote on Medium with what you wrote on LinkedIn",
            "ml",
            "Compare what you wrote with what you wrote",
        ),
        ("Do you write more on Medium than on LinkedIn?", "ml", "Do you write more?"),
        ("How do your Medium posts differ from those on LinkedIn?", "ml", None),
        ("posts on Medium but not on LinkedIn", "m", "posts but not on LinkedIn"),
        ("posts not on Medium or LinkedIn", "", "posts not on Medium or LinkedIn"),
        ("posts on Medium and LinkedIn excluded", "", None),
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


def test_filters_are_loosened_one_by_one_until_there_are_none():
    since = datetime(2024, 1, 1, tzinfo=UTC)
    reading = Reading("q", Filters(since=since, sources=("s",), topic="t"), True)
    assert list(attempts(reading)) == [
        (reading.filters, ()),
        (Filters(since=since, sources=("s",)), ("title",)),
        (Filters(since=since), ("title", "source")),
        (Filters(), ("title", "source", "period")),
    ]
    assert list(attempts(Reading("q"))) == [(Filters(), ())]


def test_other_wordings_drop_the_frame_and_part_the_subject():
    found = other_wordings("What do you think about sourdough and on-call sleep?", 4)
    assert found[0] == "sourdough and on-call sleep"
    assert found[1] == "sourdough on-call sleep"
    assert {"sourdough", "on-call sleep"} <= set(found)
    assert other_wordings("What do you think about sleep?", 1) == ["sleep"]
    assert other_wordings("And what then?", 3) == []
    assert "bread" not in other_wordings("bread", 3)


def test_fusion_weighs_the_question_most_and_keeps_its_cosine():
    own = [hit("a", cosine=0.9), hit("b", cosine=0.8)]
    other = [hit("c", cosine=0.7), hit("b", cosine=0.1)]
    fused = fuse_wordings([own, other])
    assert names(fused) == ["b", "a", "c"]
    assert fused[0].cosine == 0.8
    assert all(0 < one.score <= 1 for one in fused)
    assert fuse_wordings([own]) == own
    assert fuse_wordings([own, []])[0].chunk_id == "a"


def test_nearness_is_by_cosine_or_by_the_words():
    far = hit("a", "The kiln was cold all winter.", cosine=0.15)
    assert near_enough("anything", replace(far, cosine=0.3), 0.25)
    assert not near_enough("anything", far, 0.25)
    assert near_enough("Why was the kiln cold?", far, 0.25)
    assert near_enough("Why was the kiln cold?", replace(far, cosine=None), 0.25)
    assert not near_enough("Why was the kiln cold?", replace(far, cosine=0.05), 0.25)
    assert not near_enough("A cold day in the capital of Mongolia?", far, 0.25)
    assert not near_enough("what of it?", far, 0.25)


def test_a_passage_that_is_near_vouches_for_its_neighbours():
    near, beside, away = (hit(str(cosine), cosine=cosine) for cosine in (0.35, 0.2, 0.1))
    assert relevant("of bicycles", [beside, near, away], 0.25) == [beside, near]
    assert relevant("of bicycles", [beside, away], 0.25) == []
    assert relevant("of bicycles", [beside, replace(away, cosine=None)], 0.0) != []
    assert relevant("of bicycles", [], 0.0) == []


def test_words_that_the_author_never_uses_must_come_nearer():
    near, nearer = hit("a", "The kiln was cold.", cosine=0.29), hit("b", "The kiln.", cosine=0.36)
    assert relevant("frobnicate the gronk", [near], 0.25) == []
    assert relevant("an unlit oven?", [nearer, near], 0.25) == [nearer, near]
    assert relevant("a gronk in the kiln", [near], 0.25) == [near]
    assert relevant("what of it?", [near], 0.25) == [near]
    assert relevant("窯は冷たい", [near], 0.25) == [near]


def test_words_lift_a_passage_by_the_rarity_of_what_it_holds():
    hits = [
        hit("a", "bread and more bread, bread", score=0.9),
        hit("b", "bread by the oven", score=0.89),
        hit("c", "the porcupine ate bread", score=0.88),
        hit("d", "bread again", score=0.87, title="Of Porcupines"),
    ]
    ranked = rerank.by_words("Does a porcupine eat bread?", hits)
    assert set(names(ranked)[:2]) == {"c", "d"}
    assert all(0 <= one.score <= 1 for one in ranked)
    assert rerank.by_words("what of it?", hits) == hits
    assert rerank.by_words("bread", []) == []


@pytest.mark.parametrize("odd", [float("nan"), float("inf"), float("-inf")])
def test_scores_that_are_no_numbers_leave_the_order_to_the_words(
    odd: float, caplog: pytest.LogCaptureFixture
):
    """The scorer is made up: no real model can be made to give these at will."""
    hits = [hit("a", "bread again", score=0.9), hit("b", "the porcupine ate bread", score=0.8)]
    rerank._tell_of_scores.cache_clear()
    for _ in range(2):
        ranked = rerank.by_cross_encoder("A porcupine?", hits, lambda *_: [odd, 0.5])
        assert ranked == rerank.by_words("A porcupine?", hits)
    assert caplog.text.count("no numbers") == 1
    assert names(rerank.by_cross_encoder("A porcupine?", hits, lambda *_: [0.1, 0.5])) == ["b", "a"]


def test_diversity_puts_a_repetition_behind_something_new():
    hits = [
        hit("a", "kiln glaze ash clay", score=0.9),
        hit("b", "kiln glaze ash clay wheel", score=0.85),
        hit("c", "bicycle chain oil", score=0.7),
    ]
    assert names(rerank.diverse(hits, 0.3)) == ["a", "c", "b"]
    assert names(rerank.diverse(hits, 0.0)) == ["a", "b", "c"]


def test_passages_are_spread_over_their_documents():
    ranked = [hit(name, doc_id=name[0]) for name in ("a1", "a2", "a3", "b1", "a4", "c1", "b2")]
    assert names(rerank.spread(ranked)) == ["a1", "b1", "c1", "a2", "b2", "a3", "a4"]
    assert rerank.spread([]) == []


def test_a_passage_grows_to_one_span_of_one_version():
    text = "Zero.\n\nOne one.\n\nTwo two two.\n\nFar away."

    def piece(name: str, part: str, **values: object) -> Hit:
        start = text.index(part)
        return hit(name, part, **{"start": start, "end": start + len(part), **values})

    zero, one, two = piece("0", "Zero."), piece("1", "One one."), piece("2", "Two two two.")
    whole = grown(one, [two, zero, one])
    assert (whole.start, whole.end) == (0, two.end)
    assert whole.text == text[: two.end]
    overlapping = piece("2", "one.\n\nTwo two two.")
    assert grown(one, [overlapping]).text == "One one.\n\nTwo two two."
    other_version = replace(two, doc_version="w")
    assert grown(one, [other_version]) == one
    away = piece("3", "Far away.", start=500, end=509)
    assert grown(one, [away]).end == one.end


@pytest.mark.parametrize(
    ("text", "grows"),
    [
        ("First part.\n\nSecond part.", True),
        ("First part. Second part.", True),
        ("- First part.\n- Second part.", True),
        ("First part.\n\n---\n\nSecond part.", False),
        ("First part.\n\n# H\n\nSecond part.", False),
        ("Wide.  First part.  Second part.", False),
        ("Hard\nwraps. First part.\nSecond part.", False),
    ],
)
def test_a_grown_passage_is_verbatim_or_does_not_grow(text: str, grows: bool):
    cut = text.rindex("- Second" if text[0] == "-" else "Second")
    before, after = text[:cut].split("\n\n---")[0].split("\n\n#")[0].rstrip(), text[cut:]
    one, two = hit("1", before), hit("2", after, start=cut, end=len(text))
    for whole in (grown(one, [two]), grown(two, [one])):
        assert whole.text == text[whole.start : whole.end]
        assert (whole.text == text) == grows
