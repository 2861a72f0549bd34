"""Which article a fetched text is: the one under its address, one at another address, or one that
moved there."""

from collections.abc import Container, Sequence, Set
from functools import cached_property

from twin_core.authors import Author
from twin_core.collect.articles import Articles, Row
from twin_core.collect.row import is_file, is_stated
from twin_core.collect.same import Sketch, alike, sketch, without_site
from twin_core.collect.source import Reference, canonical_url, document_id, is_among, site_of
from twin_core.errors import BlockedError

_KEPT = 512  # sketches in memory: some 100 MB


class Identity:
    """What is known of the articles of a pass. claimed: those that it has found already; files:
    addresses at which it has found files."""

    def __init__(
        self, author: Author, articles: Articles, claimed: Container[str], files: Container[str]
    ) -> None:
        self.articles = articles
        self.claimed = claimed
        self.files = files
        self._sketches: dict[str, Sketch] = {}
        specs = author.sources
        stated = [getattr(spec, name, None) for spec in specs for name in ("url", "base_url")]
        pages = [url for spec in specs for url in getattr(spec, "urls", ())]
        self._sites = {site_of(url) for url in (*stated, *pages) if url} - {""}

    def home(self, fresh: Row, key: str, canonical: str | None) -> str | None:
        """The address that the row belongs under; None if a row of this pass has the article, whose
        address the row's then is, too."""
        url = fresh["url"]
        if canonical and canonical != url and self._may_name(canonical, url, fresh["source"]):
            other = document_id(canonical)
            if other not in self.articles or other not in self.claimed:
                return canonical
            if self._is_one(other, fresh) or self._is_page_of(other, fresh):
                self.join(other, fresh)
                if key != other:
                    self.articles.remove(key)
                return None
        for other in self._titled(fresh["title"]):
            if other in self.claimed and other != key and self._is_one(other, fresh):
                self.join(other, fresh)
                self.articles.remove(key)
                return None
        return url

    def _titled(self, title: str) -> list[str]:
        short = without_site(title)
        found = self.articles.titled(title)
        return [*found, *(self.articles.titled(short, whole=True) if short else ())]

    def _may_name(self, canonical: str, url: str, source: str) -> bool:
        """Whether a page's statement of its own address is believed: not for its site's front page,
        nor for an address on a site that is neither the page's nor one of the author's sources;
        and a file's, not for where another file stands."""
        if is_file(source) and canonical in self.files:
            return False
        if canonical.count("/") <= 3 and canonical.endswith("/"):
            return False
        if not url.startswith("http"):
            return True  # a file of the author's own says so
        return self._is_own_site(canonical, url)

    def require_site(self, address: str, url: str) -> None:
        """Raises `BlockedError` where an article's address leads to a site that is not its own."""
        if not self._is_own_site(address, url):
            raise BlockedError(
                f"{url} leads to {address}, on another site",
                "if that is the author's, too, name it in a source of the author.",
            )

    def _is_own_site(self, address: str, url: str) -> bool:
        return is_among(site_of(address), {site_of(url), *self._sites})

    def _is_one(self, key: str, fresh: Row) -> bool:
        """Whether a new row is a stored article of the web once more; a file is by itself."""
        row = self.articles.get(key)
        assert row
        return not (is_file(row["source"]) or is_file(fresh["source"])) and self.same(key, fresh)

    def _is_page_of(self, key: str, fresh: Row) -> bool:
        """Whether a stored page is the one that a file, and no other yet, states to be its own."""
        row = self.articles.get(key)
        assert row
        others = set(row["also_at"] or ()) - {fresh["url"]}
        free = not any(url in self.files for url in others)
        return free and is_file(fresh["source"]) and not is_file(row["source"])

    def same(self, key: str, fresh: Row) -> bool:
        """Whether a stored article and a new row have one text, or nearly."""
        row = self.articles.get(key)
        assert row
        if row["content_hash"] == fresh["content_hash"]:
            return True
        return alike(self._sketch(row, key), self._sketch(fresh))

    def _sketch(self, row: Row, key: str = "") -> Sketch:
        """A row's sketch; key: where its body is, if the row has none."""
        if (found := self._sketches.get(row["content_hash"])) is None:
            if len(self._sketches) >= _KEPT:
                self._sketches.clear()
            found = sketch(row["body"] if "body" in row else self.articles.body(key))
            self._sketches[row["content_hash"]] = found
        return found

    def join(self, key: str, fresh: Row) -> None:
        """Note another address of an article, and its date there if it stood there first."""
        row = self.articles.get(key)
        assert row
        others = sorted({*(row["also_at"] or ()), fresh["url"]} - {row["url"]})
        after = {**row, "also_at": others}
        earlier = not is_stated(row["dated_by"]) or fresh["published_at"] < row["published_at"]
        if is_stated(fresh["dated_by"]) and earlier:
            after |= {"published_at": fresh["published_at"], "dated_by": fresh["dated_by"]}
        if after != row:
            self.articles.put(key, after)

    def part(self, key: str, url: str) -> None:
        """The article stands no longer at that other address, and is read again: its date may be
        from there."""
        row = self.articles.get(key)
        assert row
        others = [at for at in row["also_at"] or () if at != url]
        self.articles.put(key, {**row, "also_at": others, "etag": None, "last_modified": None})


class Departed:
    """The articles of a source, and of sources that are none any more, that are not listed now:
    among them is what was only moved. labels: of the sources that there are."""

    def __init__(
        self,
        identity: Identity,
        label: str,
        references: Sequence[Reference],
        labels: Set[str],
    ) -> None:
        self.identity, self.articles = identity, identity.articles
        self._label, self._references, self._labels = label, references, labels

    def from_here(self, row: Row) -> bool:
        """Whether the article's own address was one of this source, which lists it no longer."""
        return row["source"] == self._label and row["url"] not in self._listed

    @cached_property
    def _listed(self) -> set[str]:
        return {canonical_url(one.url) for one in self._references}

    @cached_property
    def _by_mark(self) -> dict[str, str]:
        """Content's digest, or a file's size and time → doc_id."""
        urls = [canonical_url(one.url) for one in self._references if not one.problem]
        listed = {self.articles.key_at(url) for url in urls}
        sources = {self._label, *(self.articles.sources() - self._labels)}
        keys = [key for name in sorted(sources) for key in self.articles.of_source(name)]
        marks: dict[str, str] = {}
        for key in keys:
            row = None if key in listed else self.articles.get(key)
            if row and row["status"] == "live":
                marks[row["content_hash"]] = marks[row["etag"] or ""] = key
        return marks

    def match(self, fresh: Row) -> str | None:
        """The article that a new row is, under another address."""
        for mark in (fresh["content_hash"], fresh["etag"] or "-"):
            key = self._by_mark.get(mark)
            if key and key in self.articles and key not in self.identity.claimed:
                if self.identity.same(key, fresh):
                    return key
        return None
