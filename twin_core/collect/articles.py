"""The stored articles of one author, and what a pass over the sources makes of them.

Bodies stay on disk until someone asks for one, and new ones go there in batches, each of which is
published: a pass over unchanged sources reads no body, a first one holds few, and one that dies
loses no more than those.
"""

from collections.abc import Iterable
from typing import Any, NamedTuple

import polars as pl

from twin_core.collect.same import title_key, without_site
from twin_core.delta import patched, store
from twin_core.records import RAW_ARTICLES
from twin_core.segments import BATCH, Draft, SegmentedTable

LIGHT = [name for name in RAW_ARTICLES.columns if name != "body"]
_LISTED = "doc_id url also_at title source status missed etag published_at".split()
_FEW = 4  # rows that are read one by one before all are


class Settled(NamedTuple):
    """A stored article. own: at its own address, not a further one."""

    key: str
    validator: str
    own: bool


Row = dict[str, Any]  # by column of `raw_articles`; without `body` where it is on disk


class Articles:
    """Rows by doc_id. A row is changed by putting another in its place."""

    def __init__(self, table: SegmentedTable) -> None:
        self._table = table
        self._listed = table.read(columns=_LISTED)
        self._place = {key: place for place, key in enumerate(self._listed["doc_id"])}
        self._stored: pl.DataFrame | None = None  # all of `LIGHT`, once many rows are asked for
        self._asked = 0
        self._changed: dict[str, Row] = {}
        # Rows to be written, with the body where it is a new one.
        self._pending: dict[str, str | None] = {}
        self._entries: list[pl.DataFrame] = []
        self._titles: dict[str, list[str]] | None = None  # by `title_key`
        self._sited: dict[str, list[str]] = {}  # the same without the name of a site
        urls = self._listed.select("doc_id", "url", "also_at").iter_rows()
        self._key_at = {url: key for key, first, more in urls for url in (first, *(more or ()))}

    def __len__(self) -> int:
        return len(self._place.keys() | self._changed.keys())

    def __contains__(self, key: str) -> bool:
        return key in self._changed or key in self._place

    def get(self, key: str) -> Row | None:
        """The row without its body; None where there is none."""
        if key in self._changed:
            return self._changed[key]
        if key not in self._place:
            return None
        if self._stored is None:
            self._asked += 1
            if self._asked <= _FEW:
                return self._table.read([key], LIGHT).row(0, named=True)
            self._stored = self._table.read(columns=LIGHT)
        return self._stored.row(self._place[key], named=True)

    def key_at(self, url: str) -> str | None:
        """The article at this address, its own or another of it."""
        return self._key_at.get(url)

    def body(self, key: str) -> str:
        """The text of an article that is there."""
        text = self._pending.get(key)
        return self._bodies([key])[key] if text is None else text

    def put(self, key: str, row: Row, last: bool = False) -> None:
        """Store a row; without a `body` it keeps the one it has. last: not before `draft` is
        published."""
        light = {name: row[name] for name in LIGHT}
        self._leave(key)
        self._changed[key] = light
        self._pending[key] = row["body"] if "body" in row else self._pending.get(key)
        self._key_at |= dict.fromkeys(_addresses(light), key)
        if self._titles is not None:
            self._enter(key, light["title"], title_key(light["title"]))
        if len(self._pending) >= BATCH and not last:
            self.draft().publish()  # or a crawl that dies would have fetched for nothing

    def remove(self, key: str) -> None:
        """Forget a row; one that is not there is no error."""
        self._leave(key)
        self._place.pop(key, None)
        self._changed.pop(key, None)
        self._pending.pop(key, None)

    def _leave(self, key: str) -> None:
        row = self._changed.get(key)
        if row is None and key in self._place:
            row = self._listed.row(self._place[key], named=True)
        if row is None:
            return
        for url in _addresses(row):
            if self._key_at.get(url) == key:
                del self._key_at[url]
        if self._titles is not None:
            self._titles[title_key(row["title"])].remove(key)
            if short := without_site(row["title"]):
                self._sited[title_key(short)].remove(key)

    def titled(self, title: str, *, whole: bool = False) -> list[str]:
        """The articles of this title, whatever its case and punctuation, and unless `whole` those
        where the name of a site follows it."""
        if self._titles is None:
            self._titles = {}
            listed = self._listed.select("doc_id", "title").iter_rows()
            for (key, known), name in zip(listed, _title_keys(self._listed), strict=True):
                if key not in self._changed:
                    self._enter(key, known, name)
            for key, row in self._changed.items():
                self._enter(key, row["title"], title_key(row["title"]))
        name = title_key(title)
        found = self._titles.get(name, []) + ([] if whole else self._sited.get(name, []))
        return [key for key in dict.fromkeys(found) if key in self]

    def _enter(self, key: str, title: str, name: str) -> None:
        assert self._titles is not None
        self._titles.setdefault(name, []).append(key)
        if short := without_site(title):
            self._sited.setdefault(title_key(short), []).append(key)

    def settled(self, source: str) -> dict[str, Settled]:
        """Those of a source's stored articles that nothing is wrong with, by each address: an equal
        validator says that there is nothing to do."""
        rows = self._listed.filter(
            pl.col("source") == source, pl.col("status") == "live", pl.col("missed") == 0
        )
        found = rows.select("doc_id", "etag", "url", "also_at").iter_rows()
        return {
            url: Settled(key, etag, url == first)
            for key, etag, first, more in found
            for url in (first, *(more or ()))
            if etag and key not in self._changed
        }

    def of_source(self, source: str) -> list[str]:
        """The articles that this source gave."""
        kept = self._listed.filter(pl.col("source") == source)["doc_id"]
        own = [key for key, row in self._changed.items() if row["source"] == source]
        return [*(key for key in kept if key in self and key not in self._changed), *own]

    def addresses_of(self, source: str) -> set[str]:
        """The addresses of the articles that this source gave before the pass."""
        return set(self._listed.filter(pl.col("source") == source)["url"])

    def sources(self) -> set[str]:
        """All sources that gave an article."""
        names = set(self._listed["source"].unique())
        return {n for n in names if self.of_source(n)} | {
            row["source"] for row in self._changed.values()
        }

    def draft(self) -> Draft:
        """All rows, by date and doc_id, as the table's next state."""
        if not self._changed and len(self._place) == self._listed.height:
            return Draft(self._table, self._table.manifest)
        self._flush()
        dates = self._listed.select("doc_id", "published_at")
        others = [*self._changed, *(key for key in dates["doc_id"] if key not in self._place)]
        kept = dates.filter(~pl.col("doc_id").is_in(others))
        fresh = [(key, row["published_at"]) for key, row in self._changed.items()]
        rows = pl.concat([kept, pl.DataFrame(fresh, schema=dates.schema, orient="row")])
        keys = rows.sort("published_at", "doc_id", nulls_last=True)["doc_id"].to_list()
        return patched(self._table, keys, self._stored_entries(keys))

    def _flush(self) -> None:
        """Write the pending rows as a segment."""
        kept = self._bodies([key for key, body in self._pending.items() if body is None])
        rows = [
            {**self._changed[key], "doc_id": key, "body": kept[key] if body is None else body}
            for key, body in self._pending.items()
        ]
        if rows:
            self._entries.append(store(self._table, RAW_ARTICLES.frame(rows)))
            self._pending = {}

    def _bodies(self, keys: list[str]) -> dict[str, str]:
        """The bodies of these articles on disk, this pass's segments included."""
        if not keys:
            return {}
        entries = self._stored_entries(None)
        state = patched(self._table, keys, entries.filter(pl.col("key").is_in(keys))).table
        return dict(state.read(keys, ["doc_id", "body"]).iter_rows())

    def _stored_entries(self, keys: Iterable[str] | None) -> pl.DataFrame:
        """The newest entry of each document that this pass has written."""
        entries = pl.concat([self._table.manifest.clear(), *self._entries], how="diagonal")
        found = entries.unique("key", keep="last", maintain_order=True)
        found = found.select("key", "digest", "rows", "segment")
        return found if keys is None else found.filter(pl.col("key").is_in(list(keys)))


def _addresses(row: Row) -> list[str]:
    return [row["url"], *(row["also_at"] or ())]


def _title_keys(rows: pl.DataFrame) -> list[str]:
    """`title_key` of each title; of plain ones all at once."""
    title = pl.col("title")
    plain = rows.select(
        title.str.to_lowercase().str.replace_all(r"[^a-z0-9_]+", " ").str.strip_chars(),
        odd=title.str.contains(r"[^ -~]|&"),
    )
    keys = plain["title"].to_list()
    for place in plain["odd"].arg_true():
        keys[place] = title_key(rows["title"][place])
    return keys
