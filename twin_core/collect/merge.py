"""One pass over an author's sources: what becomes of each article."""

from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import format_datetime

from twin_core.authors import Author
from twin_core.collect.articles import Articles, Row, Settled
from twin_core.collect.identity import Departed, Identity
from twin_core.collect.row import is_file, make_row
from twin_core.collect.source import (
    Fetched,
    Reference,
    Source,
    Validators,
    canonical_url,
    document_id,
)
from twin_core.collect.tally import SourceTally, Window
from twin_core.errors import GoneError, SourceError, TwinError, WithheldError
from twin_core.plain import plain
from twin_core.progress import track

MISSED_CHECKS = 2  # in a row, before an article counts as gone


class Pass:
    """The rows as one pass over the sources changes them. labels: of all sources that there are."""

    def __init__(
        self,
        author: Author,
        articles: Articles,
        now: datetime,
        window: Window | None,
        labels: set[str],
    ) -> None:
        self.author = author
        self.articles = articles
        self.now = now
        self.window = window
        self.labels = labels
        self.tallies: list[SourceTally] = []
        self.failed: set[str] = set()
        self._partial: set[str] = set()  # labels of which not all is listed
        self._taken: set[str] = set()  # labels whose listing this pass has gone through
        self.files: set[str] = set()  # addresses at which files stand
        self._claimed: set[str] = set()  # found in this pass
        self._judged: set[str] = set()  # listed, but not to be had; what follows is decided
        self._missing: dict[str, SourceTally] = {}  # once more, unless another source has it
        self._identity = Identity(author, articles, self._claimed, self.files)

    def take(self, source: Source, references: Sequence[Reference], tally: SourceTally) -> None:
        """Everything that the source lists now."""
        tally.found = sum(reference.problem is None for reference in references)
        label = f"{self.author.slug} from {source.label}"
        settled = {} if self.window else self.articles.settled(source.label)
        self._departed = Departed(self._identity, source.label, references, self.labels)
        # Stored articles first: what stands elsewhere is compared with what they are now.
        ordered = sorted(references, key=lambda one: self._turn(one, settled.get(one.url)))
        for reference in track(ordered, label, "articles"):
            known = settled.get(reference.url)
            if reference.problem:
                tally.leave_out(reference.url, reference.problem)
            elif known and self._is_settled(source, reference, known):
                self._claimed.add(known.key)
                tally.unchanged += 1
            else:
                self._refresh(source, reference, tally)
        if not source.complete:  # it may have found that out by listing
            self._partial.add(source.label)
        self._taken.add(source.label)

    def take_leave(self, source: Source, tally: SourceTally) -> None:
        """What sources of this label no longer list; after `take` of all of them."""
        if self.window:
            return
        for key in self._left(source.label):
            row = self.articles.get(key)
            if row and (source.label not in self._partial or row["status"] == "gone"):
                self._miss(key, tally)
            elif row:
                self._recheck(source, row, tally)

    def mark_orphans(self) -> None:
        """Rows of sources that the authors file no longer names are missing."""
        others = sorted(self.articles.sources() - self.labels)
        orphans = [key for label in others for key in self._left(label)]
        if orphans and not self.window:
            tally = SourceTally("(no longer a source)")
            for key in orphans:
                self._miss(key, tally)
            self.tallies.append(tally)

    def _left(self, label: str) -> list[str]:
        """The articles of a source of which this pass has said nothing yet."""
        known = self._claimed | self._judged
        return [key for key in self.articles.of_source(label) if key not in known]

    def _turn(self, reference: Reference, known: Settled | None) -> int:
        """What is unchanged goes before what stands at its own address, and that before others."""
        if known and reference.certain and known.validator == reference.validator:
            return 0
        return 1 if document_id(canonical_url(reference.url)) in self.articles else 2

    def _is_settled(self, source: Source, reference: Reference, known: Settled) -> bool:
        """Whether the stored article is the one at this address, and its validator that of now."""
        if not reference.certain or known.validator != reference.validator:
            return False
        copied = not known.own and self._is_copy(source, known.key, canonical_url(reference.url))
        return not copied and known.key not in self._claimed

    def _refresh(self, source: Source, reference: Reference, tally: SourceTally) -> None:
        url = canonical_url(reference.url)
        key = self.articles.key_at(url) or document_id(url)
        copied = self._is_copy(source, key, url)
        if copied and not self._may_state(source, key):  # of before files were articles
            self._identity.part(key, url)
            key, copied = document_id(url), False
        if key in self._claimed and not copied:
            tally.duplicates += 1
            return
        row = self.articles.get(key)
        if row and row["source"] in self.failed - {source.label}:
            tally.duplicates += 1  # its own source will say more when it is back
            return
        known = Validators(row["etag"], row["last_modified"]) if row else None
        if self.window:
            date = reference.published_at or (row["published_at"] if row else None)
            if date and not self.window.holds(date):
                return
            known = None
        if row and row["source"] != source.label and not self._was_named(row["source"], source):
            known = None  # another source's validators mean nothing here
        if copied:
            known = None
        found = self._fetch(source, reference, known, key, tally)
        if isinstance(found, Fetched):
            self._keep(source, reference, found, key, tally)
        elif found:
            self._unchanged(reference, key, tally)

    def _was_named(self, label: str, source: Source) -> bool:
        """Whether a label that no source has any more may be this one's of before: a list of pages
        that begins with another now, a folder that moved."""
        return label not in self.labels and label.split(":")[0] == source.label.split(":")[0]

    def _recheck(self, source: Source, row: Row, tally: SourceTally) -> None:
        """Ask for an article that a feed has let go of, by its page.

        Where the feed carried the text, the page is asked only whether it is still there.
        """
        key, etag = row["doc_id"], row["etag"]
        carried = bool(etag) and not etag.startswith(('"', "W/"))
        fetched = row["fetched_at"].astimezone(UTC)
        modified = row["last_modified"] or format_datetime(fetched, usegmt=True)
        known = Validators(None if carried else etag, modified)
        reference = Reference(row["url"], row["title"], row["published_at"], row["updated_at"])
        found = self._fetch(source, reference, known, key, tally)
        if isinstance(found, Fetched) and not carried:
            self._keep(source, reference, found, key, tally)
        elif isinstance(found, Fetched):  # with what spares its transfer the next time
            self._unchanged(reference, key, tally, last_modified=found.last_modified)
        elif found:
            self._unchanged(reference, key, tally)

    def _fetch(
        self,
        source: Source,
        reference: Reference,
        known: Validators | None,
        key: str,
        tally: SourceTally,
    ) -> Fetched | bool:
        """The article, True if it is unchanged, or False if it is not to be had, which is told."""
        try:
            fetched = source.fetch(reference, known)
            if fetched and fetched.answered_at:
                self._identity.require_site(fetched.answered_at, reference.url)
            if fetched and not self.author.wrote(fetched.byline):
                raise WithheldError(
                    f"signed by {plain(', '.join(fetched.byline))[0]}, not by {self.author.name}",
                    "add the name to the author's `aliases` if it is the same person.",
                )
            return fetched or True
        except SourceError as error:
            self._judge(source, reference, error, key, tally)
        except TwinError:
            raise
        except Exception as error:  # of one article, which must not stop the rest
            reason = f"it cannot be read: {type(error).__name__}: {str(error)[:120]}"
            self._judge(source, reference, SourceError(reason, "correct it."), key, tally)
        return False

    def _judge(
        self,
        source: Source,
        reference: Reference,
        error: SourceError,
        key: str,
        tally: SourceTally,
    ) -> None:
        """Taken down, or forbidden now: its source says that the article is no longer to be had.
        Whatever cannot be read may be again, or in another source."""
        row = self.articles.get(key)
        own = row and (row["source"] == source.label or row["source"] not in self.labels)
        final = isinstance(error, GoneError | WithheldError)
        if not (row and isinstance(error, GoneError)):
            tally.leave_out(reference.url, error)
        if own and final and key not in self._judged and not self.window:
            self._miss(key, tally)
        if own or not final:
            self._judged.add(key)

    def _unchanged(
        self, reference: Reference, key: str, tally: SourceTally, last_modified: str | None = None
    ) -> None:
        row = self.articles.get(key)
        if row is None:
            tally.quarantined.append((reference.url, "unchanged, but nothing is stored of it"))
            return
        self._claimed.add(key)
        tally.unchanged += 1
        status = "paywalled" if row["status"] == "paywalled" else "live"
        modified = last_modified or row["last_modified"]
        told = {"source": tally.source, "status": status, "last_modified": modified}
        after = {**row, **told, "missed": 0}
        if after != row:
            self.articles.put(key, after)

    def _keep(
        self,
        source: Source,
        reference: Reference,
        fetched: Fetched,
        key: str,
        tally: SourceTally,
    ) -> None:
        row = self.articles.get(key)
        if self.window and not row:
            if not self.window.holds(fetched.published_at or reference.published_at):
                return
        here = canonical_url(reference.url)
        if row and self._is_copy(source, key, here):
            if fetched.canonical == row["url"] and key in self._claimed:
                alone = make_row(self.author, source.label, reference, fetched, None, self.now)
                self._identity.join(key, alone)
                tally.duplicates += 1
                return
            if fetched.canonical != row["url"]:
                self._identity.part(key, here)
                key, row = document_id(here), None
        made = make_row(self.author, source.label, reference, fetched, row, self.now)
        moved = None if row else self._departed.match(made)
        if moved:
            row = self.articles.get(moved)
            kept = make_row(self.author, source.label, reference, fetched, row, self.now)
            made = {**kept, "url": here}
            self.articles.remove(moved)
        elif before := None if row else self._stated_before(source, fetched):
            made = make_row(self.author, source.label, reference, fetched, before, self.now)
        elif row and row["url"] != here and self._moves(source, row):
            made |= {"url": here, "also_at": [url for url in made["also_at"] if url != here]}
        if is_file(source.label):
            made |= {"url": here, "also_at": []}  # a file says anew where else it stands
        self._store(made, key, fetched.canonical, tally, row)

    def _is_copy(self, source: Source, key: str, here: str) -> bool:
        """Whether an article that is not made from what stands at this address has it as a further
        one, and a file is one of the two."""
        row = self.articles.get(key) if self.articles.key_at(here) == key else None
        if row is None or row["url"] == here or row["source"] not in self.labels:
            return False
        if not is_file(source.label):
            return is_file(row["source"]) and here not in self.files
        stated = is_file(row["source"]) and row["url"] not in self.files  # by the file itself
        return not (stated and self._departed.from_here(row))

    def _stated_before(self, source: Source, fetched: Fetched) -> Row | None:
        """What is stored at the address that a file states, if that is the file under another name:
        an edit does not make it younger."""
        if not (is_file(source.label) and fetched.canonical):
            return None
        row = self.articles.get(document_id(fetched.canonical))
        if row is None or row["doc_id"] in self._claimed or not is_file(row["source"]):
            return None
        mine = row["source"] == source.label or self._was_named(row["source"], source)
        others = any(url in self.files for url in (row["url"], *(row["also_at"] or ())))
        return row if mine and not others else None

    def _may_state(self, source: Source, key: str) -> bool:
        """Whether it is a file, which may state the address of a page as its own."""
        row = self.articles.get(key)
        return bool(row) and is_file(source.label) and not is_file(row["source"])

    def _moves(self, source: Source, row: Row) -> bool:
        """Whether an article that has another address is at this one now: its source lists its own
        no longer, or a file stated that, and here is a page."""
        if is_file(row["source"]) and not is_file(source.label):
            return True
        if source.complete and self._departed.from_here(row):
            return True
        elsewhere = row["source"] != source.label and row["doc_id"] not in self._judged
        return elsewhere and row["source"] in self._taken - self._partial

    def _store(
        self, fresh: Row, key: str, canonical: str | None, tally: SourceTally, row: Row | None
    ) -> None:
        """Put the row under its canonical address, unless the article is there already.

        row: what it was before, at whichever address.
        """
        home = self._identity.home(fresh, key, canonical)
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
        self._claimed.add(target)
        told = fresh["content_hash"], home
        same = row is not None and (row["content_hash"], row["url"]) == told
        tally.unchanged += same
        tally.changed += row is not None and not same
        tally.new += row is None
        tally.paywalled += fresh["status"] == "paywalled"
        self.articles.put(target, {**fresh, "doc_id": target})

    def _miss(self, key: str, tally: SourceTally) -> None:
        self._missing.setdefault(key, tally)

    def finish(self) -> None:
        """Count what is missing, in the pass's last state alone: a pass that dies has counted
        nothing, or the one after it would count the same check again."""
        for key, tally in self._missing.items():
            row = self.articles.get(key)
            if row is None or row["status"] == "gone" or key in self._claimed:
                continue
            missed = (row["missed"] or 0) + 1
            gone = missed >= MISSED_CHECKS
            tally.gone += gone
            tally.missing += not gone
            status = "gone" if gone else row["status"]
            self.articles.put(key, {**row, "missed": missed, "status": status}, last=True)
