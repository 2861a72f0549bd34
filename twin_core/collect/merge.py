"""One pass over an author's sources: which row an article is, and what becomes of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime

from twin_core.authors import Author
from twin_core.collect.articles import Articles, Row
from twin_core.collect.row import make_row
from twin_core.collect.same import same_text
from twin_core.collect.source import (
    Fetched,
    Reference,
    Source,
    Validators,
    canonical_url,
    document_id,
)
from twin_core.errors import BlockedError, GoneError, SourceError
from twin_core.progress import track

_FAULTS = (ArithmeticError, AttributeError, LookupError, RuntimeError, TypeError, ValueError)
MISSED_CHECKS = 2  # in a row, before an article counts as gone


@dataclass
class SourceTally:
    """What one source gave in one pass. blocked: refused by a rule; quarantined: faulty."""

    source: str
    found: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    duplicates: int = 0
    missing: int = 0
    gone: int = 0
    paywalled: int = 0
    bytes: int = 0
    blocked: list[tuple[str, str]] = field(default_factory=list)
    quarantined: list[tuple[str, str]] = field(default_factory=list)
    failed: str | None = None


@dataclass(frozen=True)
class Window:
    """A span of publication dates to be fetched anew; an open end is None. until is exclusive."""

    since: datetime | None = None
    until: datetime | None = None

    def holds(self, moment: datetime | None) -> bool:
        """Whether a date lies in it; an unknown date does not."""
        if moment is None:
            return False
        return (not self.since or moment >= self.since) and (not self.until or moment < self.until)


class Pass:
    """The rows as one pass over the sources changes them."""

    def __init__(
        self, author: Author, articles: Articles, now: datetime, window: Window | None
    ) -> None:
        self.author = author
        self.articles = articles
        self.now = now
        self.window = window
        self.tallies: list[SourceTally] = []
        self.claimed: set[str] = set()
        self.failed: set[str] = set()

    def take(self, source: Source, references: Sequence[Reference], tally: SourceTally) -> None:
        """Everything that the source lists now, then what it no longer lists."""
        tally.found = len(references)
        label = f"{self.author.slug} from {source.label}"
        settled = {} if self.window else self.articles.settled(source.label)
        for reference in track(references, label, "articles"):
            key, validator = settled.get(reference.url, ("", ""))
            if reference.certain and validator == reference.validator and key not in self.claimed:
                self.claimed.add(key)
                tally.unchanged += 1
            else:
                self._refresh(source, reference, tally)
        if self.window:
            return
        for key in self.articles.of_source(source.label):
            row = None if key in self.claimed else self.articles.get(key)
            if row and (source.complete or row["status"] == "gone"):
                self._miss(key, tally)
            elif row:
                self._recheck(source, row, tally)

    def mark_orphans(self, labels: set[str]) -> None:
        """Rows of sources that the authors file no longer names are missing."""
        others = sorted(self.articles.sources() - labels)
        orphans = [key for label in others for key in self.articles.of_source(label)]
        if orphans and not self.window:
            tally = SourceTally("(no longer a source)")
            for key in orphans:
                self._miss(key, tally)
            self.tallies.append(tally)

    def _refresh(self, source: Source, reference: Reference, tally: SourceTally) -> None:
        url = canonical_url(reference.url)
        key = self.articles.key_at(url) or document_id(url)
        if key in self.claimed:
            tally.duplicates += 1
            return
        row = self.articles.get(key)
        if row and row["source"] in self.failed:
            tally.duplicates += 1  # its own source will say more when it is back
            return
        known = Validators(row["etag"], row["last_modified"]) if row else None
        if self.window:
            date = reference.published_at or (row["published_at"] if row else None)
            if not self.window.holds(date):
                return
            known = None
        if row and row["source"] != source.label:
            known = None  # another source's validators mean nothing here
        self._fetch(source, reference, known, key, tally)

    def _recheck(self, source: Source, row: Row, tally: SourceTally) -> None:
        """Ask for an article that a feed has let go of, by its page."""
        etag = row["etag"]
        if not (etag or "").startswith(('"', "W/")):  # the feed carried it: the page never did
            etag = None
        fetched = row["fetched_at"].astimezone(UTC)
        modified = row["last_modified"] or format_datetime(fetched, usegmt=True)
        reference = Reference(row["url"], row["title"], row["published_at"], row["updated_at"])
        self._fetch(source, reference, Validators(etag, modified), row["doc_id"], tally)

    def _fetch(
        self,
        source: Source,
        reference: Reference,
        known: Validators | None,
        key: str,
        tally: SourceTally,
    ) -> None:
        self.claimed.add(key)
        try:
            fetched = source.fetch(reference, known)
            if fetched and not self.author.wrote(fetched.byline):
                raise BlockedError(
                    f"signed by {', '.join(fetched.byline)}, not by {self.author.name}",
                    "add the name to the author's `aliases` if it is the same person.",
                )
        except GoneError as error:
            if key in self.articles:
                self._miss(key, tally)
            else:
                tally.quarantined.append((reference.url, error.problem))
        except BlockedError as error:
            tally.blocked.append((reference.url, error.problem))
        except SourceError as error:
            tally.quarantined.append((reference.url, error.problem))
        except _FAULTS as error:  # of one article, which must not stop the rest
            reason = f"it cannot be read: {type(error).__name__}: {str(error)[:120]}"
            tally.quarantined.append((reference.url, reason))
        else:
            self._keep(source, reference, fetched, key, tally)

    def _keep(
        self,
        source: Source,
        reference: Reference,
        fetched: Fetched | None,
        key: str,
        tally: SourceTally,
    ) -> None:
        row = self.articles.get(key)
        if fetched is None and row is None:
            tally.quarantined.append((reference.url, "unchanged, but nothing is stored of it"))
        elif fetched is None and row:
            tally.unchanged += 1
            status = "paywalled" if row["status"] == "paywalled" else "live"
            if row["missed"] or row["status"] != status:
                self.articles.put(key, {**row, "status": status, "missed": 0})
        elif fetched:
            made = make_row(self.author, source.label, reference, fetched, row, self.now)
            self._store(made, key, fetched.canonical, tally)

    def _store(self, fresh: Row, key: str, canonical: str | None, tally: SourceTally) -> None:
        """Put the row under its canonical address, unless the article is there already."""
        row = self.articles.get(key)
        home = self._home(fresh, key, canonical)
        if home is None:
            tally.duplicates += 1
            return
        if home != fresh["url"]:
            others = dict.fromkeys([*(fresh["also_at"] or ()), fresh["url"]])
            fresh = {**fresh, "url": home, "also_at": [url for url in others if url != home]}
        target = document_id(home)
        row = row or self.articles.get(target)
        if target != key:
            self.articles.remove(key)
        self.claimed.add(target)
        same = row is not None and row["content_hash"] == fresh["content_hash"]
        tally.unchanged += same
        tally.changed += row is not None and not same
        tally.new += row is None
        tally.paywalled += fresh["status"] == "paywalled"
        self.articles.put(target, {**fresh, "doc_id": target})

    def _home(self, fresh: Row, key: str, canonical: str | None) -> str | None:
        """The address that the row belongs under; None if a row of this pass has the article."""
        url = fresh["url"]
        if canonical and canonical != url and not _is_front_page(canonical, url):
            other = document_id(canonical)
            if other not in self.articles or other not in self.claimed:
                return canonical
            if self._same(other, fresh):
                self._add_address(other, url)
                return None
        for other in self.articles.titled(fresh["title"]):
            if other in self.claimed and other != key and self._same(other, fresh):
                self._add_address(other, url)
                self.articles.remove(key)
                return None
        return url

    def _same(self, key: str, fresh: Row) -> bool:
        return same_text(self.articles.body(key), fresh["body"])

    def _add_address(self, key: str, url: str) -> None:
        row = self.articles.get(key)
        assert row
        if url != row["url"] and url not in (row["also_at"] or ()):
            self.articles.put(key, {**row, "also_at": sorted([*(row["also_at"] or ()), url])})

    def _miss(self, key: str, tally: SourceTally) -> None:
        row = self.articles.get(key)
        if row is None or row["status"] == "gone":
            return
        missed = (row["missed"] or 0) + 1
        gone = missed >= MISSED_CHECKS
        tally.gone += gone
        tally.missing += not gone
        status = "gone" if gone else row["status"]
        self.articles.put(key, {**row, "missed": missed, "status": status})


def _is_front_page(canonical: str, url: str) -> bool:
    """A page that calls its site's front page its own address is misconfigured."""
    return canonical.count("/") <= 3 and canonical.endswith("/") and url != canonical
