"""Raw documents → the author's text as Markdown, in three steps.

`extract` reads each document by itself. `settle` looks across all documents of an author, at
digests alone (a module of its own). `finish` applies what that found to each
document. Each is a function of its rows in any order: doing what changed gives what doing all does.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import polars as pl

from twin_core.confined import SECONDS, Confined
from twin_core.delta import DeltaReport, delta
from twin_core.errors import BlockedError
from twin_core.features.dialects import SIGNS, as_commonmark
from twin_core.features.embedded import MAY_HAVE, as_markdown, plain
from twin_core.features.footers import Cuts, footers_all, without
from twin_core.features.language import language
from twin_core.features.lead import repeated
from twin_core.features.links import absolute
from twin_core.features.normalise import normalise_all
from twin_core.features.pii import redact_all
from twin_core.fingerprint import fingerprint
from twin_core.markdown import PROSE, Block, blocks, own_prose, word_count
from twin_core.progress import track
from twin_core.records import CLEANED_DOCS, EXTRACTED_DOCS
from twin_core.segments import Draft, SegmentedTable

VERSION = "clean-25"
MIN_WORDS = 40  # below that a document is a caption, a link or a greeting: not a passage
_ENOUGH = 1000  # characters in which most texts have as many
MIN_OWN_WORDS = 40  # of prose; below that an article can be found, but gives no voice

# Rules, beside those of `footers`.
BOX, LEAD, BOILERPLATE = "box of the page", "repeated title or by-line", "repeated by the site"

_CARRIED = (  # the first five are part of the content
    "url title published_at source language doc_id redactions duplicate_of"
).split()
Redact = Callable[[list[str]], tuple[list[str], list[str | None]]]

_EXTRACT, _TRIFLE = "twin_core.features.extract:main_content", "<p>ready</p>"
_CONVERT = "twin_core.features.embedded:fragments"
_MOST_FAULTS = 2  # of one document: each may cost all the time that there is


def extract(
    raw: pl.DataFrame, seconds: float = SECONDS, redact: Redact = redact_all
) -> pl.DataFrame:
    """Rows of `raw_articles` → one row of `extracted_docs` for each that is not gone.

    Web pages are extracted in a child process, each in at most `seconds`. redact: takes personal
    data out of texts.
    """
    from twin_core.features.settle import compared, sketched

    live = raw.filter(pl.col("status") != "gone")
    titles = redact(normalise_all(live["title"].to_list()))[0]
    found, boxes, reasons = _main_texts(live, seconds)
    read, cuts = _readable(normalise_all(found), titles, live)
    cuts = [_box_count(count) + cut for count, cut in zip(boxes, cuts, strict=True)]
    texts, redactions = redact([text for text, _ in read])
    parsed = [
        blocks(text) if redacted else known
        for text, redacted, (_, known) in zip(texts, redactions, read, strict=True)
    ]
    spans = [[{"kind": b.kind, "start": b.start, "end": b.end} for b in found] for found in parsed]
    return EXTRACTED_DOCS.conform(
        live.select("doc_id", "url", "published_at").with_columns(
            title=pl.Series(titles, dtype=pl.String),
            source=pl.Series(list(map(site, live["url"], live["source"])), dtype=pl.String),
            language=pl.Series(list(map(_language, texts, parsed)), dtype=pl.String),
            text=pl.Series(texts, dtype=pl.String),
            spans=pl.Series(spans, dtype=EXTRACTED_DOCS.schema["spans"]),
            **sketched(texts, list(map(compared, parsed))),
            cut=pl.Series(cuts, dtype=EXTRACTED_DOCS.schema["cut"]),
            redactions=pl.Series(redactions, dtype=pl.String),
            drop_reason=pl.Series(reasons, dtype=pl.String),
        )
    )


def site(url: str, label: str | None) -> str:
    """Host of an article's address, or else the kind of export that it came in."""
    parts = urlsplit(url)
    if parts.scheme in ("http", "https") and parts.hostname:
        return parts.hostname.removeprefix("www.")
    return (label or parts.scheme).split(":", 1)[0]


def finish(joined: pl.DataFrame) -> pl.DataFrame:
    """Rows of `extracted_docs` with `settle`'s columns → rows of `cleaned_docs`."""
    return CLEANED_DOCS.frame([_finished(row) for row in joined.iter_rows(named=True)])


def clean(raw: pl.DataFrame, seconds: float = SECONDS) -> pl.DataFrame:
    """All three steps over all of an author's `raw_articles`."""
    from twin_core.features.settle import LIGHT, settle

    extracted = extract(raw, seconds)
    settled = settle(extracted.select(LIGHT))
    return finish(extracted.join(settled, on="doc_id", how="left", maintain_order="left"))


def update(
    raw: SegmentedTable,
    extracted: SegmentedTable,
    cleaned: SegmentedTable,
    redact: Redact = redact_all,
    rules: str = "",
) -> tuple[Draft, DeltaReport]:
    """Bring `cleaned` in line with `raw`: what changed is extracted, all are settled, and those
    that this concerns are finished. `extracted` is published; the report counts documents read.

    redact, rules: what takes personal data out, and its name: another one reads all anew.
    """
    from twin_core.features.settle import LIGHT, settle

    version = f"{VERSION} {rules}".strip()
    found, report = delta(
        extracted, raw.marks, raw.batches, lambda rows: extract(rows, redact=redact), version
    )
    found = found.publish()
    settled = settle(found.read(columns=LIGHT))
    about = found.manifest.filter(pl.col("rows") > 0).join(
        settled, left_on="key", right_on="doc_id", how="left", maintain_order="left"
    )
    verdict = pl.concat_list(
        pl.col("boilerplate").fill_null([]).cast(pl.List(pl.String)),
        pl.col("duplicate_of").fill_null(""),
    ).list.join(" ")
    marks = about.select("key", mark=pl.concat_str("digest", verdict, separator=" "))

    def finish_settled(rows: pl.DataFrame) -> pl.DataFrame:
        return finish(rows.join(settled, on="doc_id", how="left", maintain_order="left"))

    draft, finished = delta(cleaned, marks, found.batches, finish_settled, VERSION)
    return draft, replace(report, rows=finished.rows)


def usable(docs: pl.DataFrame) -> pl.DataFrame:
    """The documents that have no drop reason."""
    return docs.filter(pl.col("drop_reason").is_null())


def learnable(docs: pl.DataFrame) -> pl.DataFrame:
    """The usable documents with enough of the author's own prose to learn a voice from. The others
    (mostly code, quotations, tables) are found by search alone."""
    return usable(docs).filter(pl.col("own_words") >= MIN_OWN_WORDS)


def _main_texts(
    live: pl.DataFrame, seconds: float
) -> tuple[list[str], list[int], list[str | None]]:
    """(main text of each row, empty where there is none; boxes taken out of its page; why HTML in
    it could not be read)."""
    texts: list[str] = []
    counts: list[int] = []
    reasons: list[str | None] = []
    marked, tagged = (pl.col("body").str.contains(signs) for signs in (SIGNS, MAY_HAVE.pattern))
    signs = (marked.alias("marked"), (marked | tagged).alias("tagged"))
    columns = live.select("media_type", "body", "url", "title", "status", *signs).iter_rows()
    with Confined(seconds) as pages:

        def confined(function: str, *arguments: Any) -> Any:
            pages.call(_EXTRACT, _TRIFLE, "", "")  # a new child loads on its own time
            return pages.call(function, *arguments)

        for row in track(list(columns), "extract", "articles"):
            kind, body, url, title, status, is_marked, may_have_html = row
            text, boxes, reason = body or "", 0, None
            try:
                if status == "paywalled":
                    text, reason = "", "behind a paywall: no text"
                elif kind == "text/html":
                    text, boxes = confined(_EXTRACT, text, url, title)
                else:
                    text = as_commonmark(text) if is_marked else text
                    if may_have_html:
                        text = as_markdown(text, lambda found: _fragments(confined, found))
                    text = absolute(text, url)
            except BlockedError as error:
                text, reason = "", f"extraction: {error.problem}"
            texts.append(text)
            counts.append(boxes)
            reasons.append(reason)
    return texts, counts, reasons


def _fragments(confined: Callable[..., Any], found: list[str]) -> list[str]:
    """Pieces of HTML as Markdown; those that take too much time or memory as plain text, and all
    that follow the last that may."""
    try:
        return confined(_CONVERT, found)
    except BlockedError:
        trials = _MOST_FAULTS if len(found) > 1 else 0
    written = []
    for piece in found:
        try:
            written += confined(_CONVERT, [piece]) if trials else [plain(piece)]
        except BlockedError:
            trials -= 1
            written.append(plain(piece))
    return written


def _readable(
    texts: list[str], titles: list[str], live: pl.DataFrame
) -> tuple[list[tuple[str, list[Block]]], list[list[dict[str, Any]]]]:
    """(the texts without a repeated lead (of web pages) and without footers, each with its blocks;
    how many blocks were cut from each, by rule)."""
    parsed = [blocks(text) for text in texts]
    cuts = footers_all(texts, parsed)
    columns = live.select("media_type", "byline", "url", "source").iter_rows()
    for place, (kind, byline, url, source) in enumerate(columns):
        if kind == "text/html":
            names = [*(byline or ()), site(url, source)]
            lead = repeated(texts[place], titles[place], parsed[place], names)
            cuts[place] |= dict.fromkeys(lead, LEAD)
    return list(map(without, texts, parsed, cuts)), list(map(_by_rule, cuts))


def _box_count(boxes: int) -> list[dict[str, Any]]:
    return [{"rule": BOX, "blocks": boxes}] if boxes else []


def _by_rule(cuts: Cuts) -> list[dict[str, Any]]:
    """How many blocks each rule cut, as tables hold it."""
    counts = sorted(Counter(cuts.values()).items())
    return [{"rule": rule, "blocks": blocks} for rule, blocks in counts]


def _language(text: str, found: list[Block]) -> str | None:
    said: list[str] = []
    size = 0
    for block in found:
        if block.kind in (PROSE, "list") and size < 2000:
            said.append(text[block.start : block.end])
            size += block.end - block.start
    return language("\n".join(said))


def _finished(row: dict) -> dict:
    """One row of `cleaned_docs`."""
    text, repeated = row["text"], set(row["boilerplate"] or ())
    cut = {i for i, digest in enumerate(row["blocks"]) if digest in repeated}
    # Parsed again only where headings count: they are not among the spans.
    found = blocks(text) if cut else [Block(**span) for span in row["spans"]]
    text, found = without(text, found, cut)
    prose = own_prose(text, found)
    by_rule = [*row["cut"], *_by_rule(dict.fromkeys(cut, BOILERPLATE))]
    words, spans = word_count(prose), [(b.kind, b.start, b.end) for b in found]
    return {
        **{name: row[name] for name in _CARRIED},
        "text": text,
        "spans": [{"kind": kind, "start": start, "end": end} for kind, start, end in spans],
        "prose": prose,
        "own_words": words,
        "removed": sum(one["blocks"] for one in by_rule),
        "removed_by": by_rule,
        "drop_reason": row["drop_reason"] or _reason(text, row["duplicate_of"], by_rule),
        "content_hash": fingerprint(*(row[name] for name in _CARRIED[:5]), text, spans),
    }


def _reason(text: str, duplicate_of: str | None, cut: list[dict[str, Any]]) -> str | None:
    """Why a document that could be read is not used. cut: blocks taken out, by rule."""
    if not text:
        rules = ", ".join(f"{one['rule']} {one['blocks']}" for one in cut)
        return f"no text but what was cut: {rules}" if rules else "no text"
    if duplicate_of:
        return f"duplicate of {duplicate_of}"
    few = word_count(text[:_ENOUGH]) < MIN_WORDS  # what has enough there need not be counted
    if few and (words := word_count(text)) < MIN_WORDS:
        return f"only {words} word{'s' * (words != 1)} (at least {MIN_WORDS} needed)"
    return None
