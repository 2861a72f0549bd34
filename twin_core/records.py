"""The rows and records that flow along the lineage.

Tables are polars frames whose columns are declared here; small results are frozen pydantic models.
Article → Document → Chunk → Instruction / Preference → Checkpoint → EvalReport → Release.
"""

from dataclasses import dataclass, field

import polars as pl
from pydantic import BaseModel, ConfigDict

from twin_core.fingerprint import rows_hash


@dataclass(frozen=True)
class Column:
    """One column: its polars type, what it means, and whether a change of it changes the data."""

    dtype: pl.DataType | type[pl.DataType]
    description: str
    versioned: bool = True


@dataclass(frozen=True)
class Table:
    """The declared form of a table; `conform` holds a frame to it.

    key: column that names the document a row belongs to, where the table is kept document by
    document (`segments`); a table without one is small and is one file. asset: that makes it, where
    it has another name. original: nothing else that is stored can give its rows back.
    """

    name: str
    columns: dict[str, Column] = field(default_factory=dict)
    key: str | None = None
    asset: str | None = None
    original: bool = False

    @property
    def schema(self) -> pl.Schema:
        return pl.Schema({name: column.dtype for name, column in self.columns.items()})

    def frame(self, rows: list[dict] | None = None) -> pl.DataFrame:
        """Rows as a frame of this form; a missing key becomes null."""
        return pl.DataFrame(rows or [], schema=self.schema)

    def conform(self, frame: pl.DataFrame) -> pl.DataFrame:
        """The frame with exactly the declared columns, in order; raises polars' error otherwise."""
        return frame.select(
            pl.col(name).cast(column.dtype) for name, column in self.columns.items()
        )

    @property
    def identity(self) -> list[str]:
        """The columns whose change changes the data."""
        return [name for name, column in self.columns.items() if column.versioned]

    def data_version(self, frame: pl.DataFrame) -> str:
        """A digest that changes exactly when a versioned column of some row does."""
        return rows_hash(frame.select(self.identity).iter_rows())


_TIME = pl.Datetime("us", "UTC")
_SPANS = pl.List(pl.Struct({"kind": pl.String, "start": pl.Int64, "end": pl.Int64}))
_RULES = pl.List(pl.Struct({"rule": pl.String, "blocks": pl.Int64}))
_DOC = Column(pl.String, "article the row belongs to: digest of its canonical URL")
_FINGERPRINT = Column(
    pl.String, "digest of the inputs and stage version the row was computed from", versioned=False
)
_TITLE = Column(pl.String, "article's title")
_URL = Column(pl.String, "canonical URL of the article")
_PUBLISHED = Column(_TIME, "when the article was first published")

RAW_ARTICLES = Table(
    "raw_articles",
    {
        "doc_id": _DOC,
        "author": Column(pl.String, "partition key of the author"),
        "source": Column(pl.String, "source the article was first found in, as kind:location"),
        "url": _URL,
        "also_at": Column(pl.List(pl.String), "other addresses of the same article"),
        "title": _TITLE,
        "byline": Column(pl.List(pl.String), "names it is signed with; empty if with none"),
        "published_at": _PUBLISHED,
        "dated_by": Column(pl.String, "what published_at was read from"),
        "updated_at": Column(_TIME, "last change that the source states"),
        "fetched_at": Column(_TIME, "when this body was transferred", versioned=False),
        "media_type": Column(pl.String, "text/html or text/markdown"),
        "body": Column(pl.String, "document as fetched, decoded", versioned=False),
        "content_hash": Column(pl.String, "digest of title and body"),
        "etag": Column(pl.String, "validator of the last fetch", versioned=False),
        "last_modified": Column(pl.String, "validator of the last fetch", versioned=False),
        "repairs": Column(pl.String, "what was odd in the body's characters; null if nothing"),
        "status": Column(pl.String, "live; paywalled (no body); or gone, for two checks in a row"),
        "missed": Column(pl.Int64, "checks in a row that did not find it", versioned=False),
        "consent_id": Column(pl.String, "digest of the consent under which it was collected"),
    },
    key="doc_id",
    original=True,
)

EXTRACTED_DOCS = Table(
    "extracted_docs",
    {
        "doc_id": _DOC,
        "url": _URL,
        "title": _TITLE,
        "published_at": _PUBLISHED,
        "source": Column(pl.String, "site of the article, or the kind of export it came in"),
        "language": Column(pl.String, "ISO 639-1 code of the text's language"),
        "text": Column(pl.String, "main text as Markdown, boilerplate of the site still in it"),
        "spans": Column(_SPANS, "top-level blocks of text, as in cleaned_docs", versioned=False),
        "blocks": Column(
            pl.List(pl.UInt64), "digest of each top-level block, as compared", versioned=False
        ),
        "sketch": Column(
            pl.List(pl.UInt32), "MinHash of its word shingles; empty when short", versioned=False
        ),
        "cut": Column(_RULES, "blocks taken out so far (footers, comments, leads), by rule"),
        "redactions": Column(pl.String, "personal data replaced, as `email 2, phone 1`; or null"),
        "drop_reason": Column(pl.String, "why the text cannot be used; null when it can"),
    },
    key="doc_id",
    asset="cleaned_docs",
)

CLEANED_DOCS = Table(
    "cleaned_docs",
    {
        "doc_id": _DOC,
        "fingerprint": _FINGERPRINT,
        "url": _URL,
        "title": _TITLE,
        "published_at": _PUBLISHED,
        "source": Column(pl.String, "site of the article, or the kind of export it came in"),
        "language": Column(pl.String, "ISO 639-1 code of the text's language"),
        "text": Column(
            pl.String, "main text as Markdown; spans elsewhere index into it", versioned=False
        ),
        "spans": Column(
            _SPANS,
            "top-level blocks of text: prose, list, heading, quote, code, table, html, rule",
            versioned=False,
        ),
        "prose": Column(
            pl.String, "the author's own paragraphs and lists alone, for style", versioned=False
        ),
        "own_words": Column(pl.Int64, "words of prose; with few, only search uses the row"),
        "removed": Column(pl.Int64, "blocks taken out: boilerplate, footers, comments"),
        "removed_by": Column(_RULES, "the same by rule", versioned=False),
        "redactions": Column(pl.String, "personal data replaced, as `email 2, phone 1`; or null"),
        "duplicate_of": Column(pl.String, "doc_id of the document that stands for this one"),
        "drop_reason": Column(pl.String, "why nothing downstream uses the row; null when used"),
        "content_hash": Column(pl.String, "digest of title, date, URL, text and its blocks"),
    },
    key="doc_id",
)

DOC_CHUNKS = Table(
    "doc_chunks",
    {
        "chunk_id": Column(pl.String, "stable under edits elsewhere in the document"),
        "doc_id": _DOC,
        "fingerprint": _FINGERPRINT,
        "position": Column(pl.Int64, "0-based place in the document"),
        "parent_id": Column(pl.String, "larger passage that gives this one its context"),
        "url": _URL,
        "title": _TITLE,
        "published_at": _PUBLISHED,
        "source": Column(pl.String, "site of the article, or the kind of export it came in"),
        "language": Column(pl.String, "ISO 639-1 code of the document's language"),
        "doc_version": Column(pl.String, "content hash of the document that was chunked"),
        "heading": Column(pl.String, "headings above the passage, joined by ' > '"),
        "start": Column(pl.Int64, "first character in cleaned_docs.text"),
        "end": Column(pl.Int64, "one past the last character"),
        "text": Column(pl.String, "the passage, verbatim", versioned=False),
        "tokens": Column(pl.Int64, "embedder's tokens of title, heading and passage, all included"),
        "chunk_hash": Column(pl.String, "digest of what is embedded"),
    },
    key="doc_id",
)

CHUNK_EMBEDDINGS = Table(
    "chunk_embeddings",
    {
        "doc_id": _DOC,
        "chunk_hash": Column(pl.String, "digest of the embedded text; once in a document"),
        "fingerprint": _FINGERPRINT,
        "model": Column(pl.String, "embedding space: model, its digest, backend"),
        "vector": Column(pl.List(pl.Float32), "unit-length embedding", versioned=False),
    },
    key="doc_id",
)

CORPUS_SPLIT = Table(
    "corpus_split",
    {
        "doc_id": _DOC,
        "split": Column(pl.String, "train, validation or test; whole articles, newest in test"),
        "title": _TITLE,
        "published_at": _PUBLISHED,
        "own_words": Column(pl.Int64, "words of the author's own prose"),
        "content_hash": Column(pl.String, "version of the article that was split"),
    },
)

INSTRUCT_DATASET = Table(
    "instruct_dataset",
    {
        "pair_id": Column(pl.String, "digest of document, span and instruction"),
        "doc_id": _DOC,
        "split": Column(pl.String, "the article's split"),
        "kind": Column(pl.String, "plain, or grounded: with notes from the same article"),
        "instruction": Column(pl.String, "generated question or task"),
        "notes": Column(pl.String, "passages given with the instruction; empty when plain"),
        "answer": Column(pl.String, "verbatim span of the author's text"),
        "start": Column(pl.Int64, "first character in cleaned_docs.text"),
        "end": Column(pl.Int64, "one past the last character"),
    },
)

PREFERENCE_DATASET = Table(
    "preference_dataset",
    {
        "pair_id": Column(pl.String, "the instruct pair it came from"),
        "doc_id": _DOC,
        "instruction": Column(pl.String, "the prompt both answers respond to"),
        "notes": Column(pl.String, "passages given with the instruction; empty when plain"),
        "chosen": Column(pl.String, "the author's own text"),
        "rejected": Column(pl.String, "the SFT model's answer to the same prompt"),
        "chosen_words": Column(pl.Int64, "words of chosen"),
        "rejected_words": Column(pl.Int64, "words of rejected"),
        "fingerprint": Column(pl.String, "digest of prompts, SFT model and sampling"),
    },
)


class Record(BaseModel):
    """A small frozen result."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class IndexState(Record):
    """What an author's part of the vector index holds after a sync."""

    author: str
    backend: str
    location: str
    space: str
    rows: int
    distinct: int
    upserted: int
    deleted: int
    unchanged: int
    fingerprint: str


class Checkpoint(Record):
    """An immutable directory of weights, named by the fingerprint of everything it came from."""

    stage: str
    author: str | None
    fingerprint: str
    directory: str
    megabytes: float
    seconds: float
    metrics: dict[str, float] = {}
    losses: tuple[tuple[int, float], ...] = ()


class VoiceVerifier(Record):
    """A linear author-or-not classifier over distorted character n-grams (features: the module)."""

    author: str
    fingerprint: str
    vocabulary: tuple[str, ...]
    weights: dict[int, float]
    bias: float
    auc: float
    auc_by_negative: dict[str, float]
    held_out: int


class RetrievalFigures(Record):
    """One way to search: figures in 0..1, and the median time of one question in milliseconds,
    without the embedding of its own words."""

    recall_at_k: float
    mrr: float
    ndcg_at_k: float
    p50_ms: float


class RetrievalGain(Record):
    """One way to search against another, question by question: how often nDCG rose and fell, and
    its mean difference with a 95 % interval (paired bootstrap)."""

    against: str
    gained: int
    lost: int
    difference: float
    interval: tuple[float, float]


class RetrievalReport(Record):
    """Search quality on questions whose source chunk is known; every figure in 0..1.

    The headline figures are those of the recipe; `configurations` and `gains` show each step.
    """

    author: str
    fingerprint: str
    questions: int
    k: int
    recall_at_k: float
    mrr: float
    ndcg_at_k: float
    misses: tuple[str, ...] = ()
    configurations: dict[str, RetrievalFigures] = {}
    gains: dict[str, RetrievalGain] = {}


class VariantScore(Record):
    """One model variant on the held-out articles."""

    perplexity: float
    voice: float
    voice_interval: tuple[float, float]
    verbatim: float
    answers: tuple[str, ...]


class EvalReport(Record):
    """Base, SFT, DPO and GPTQ side by side, on articles none of them was trained on."""

    author: str
    fingerprint: str
    variants: dict[str, VariantScore]
    author_voice: float
    questions: tuple[str, ...]
    recall_at_k: float
    test_tokens: int


class Release(Record):
    """What the gateway serves for an author: weights, index state and the report they rest on."""

    author: str
    name: str
    release_id: str
    weights: str
    merged_dir: str
    gptq_dir: str
    report: str
    voice: float
    perplexity: float
    consent_id: str
    previous: str | None
    decision: str

    @property
    def weights_dir(self) -> str:
        """The directory that the engine loads."""
        return self.gptq_dir if self.weights == "gptq" else self.merged_dir


class ServedTwin(Record):
    """A release that answered a real question in the engine."""

    author: str
    release_id: str
    engine: str
    question: str
    answer: str
    seconds: float


class InferenceFigures(Record):
    """Speed of one way to run the model; medians over the probe prompts."""

    first_token_ms: float
    token_ms: float
    tokens_per_s: float
    weights_mb: float
    resident_mb: float


class InferenceReport(Record):
    """Full precision, GPTQ and speculative decoding of one release, side by side."""

    author: str
    fingerprint: str
    variants: dict[str, InferenceFigures]
