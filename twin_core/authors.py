"""The authors file: who is twinned, where they publish, and the consent that it rests on."""

import re
import unicodedata
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from twin_core.errors import ConsentError, SettingError, UnknownAuthorError
from twin_core.files import write_atomically
from twin_core.fingerprint import file_hash, fingerprint
from twin_core.sources import SourceSpec

Scope = Literal["collect", "train", "serve"]
SLUG = r"^[a-z0-9][a-z0-9-]{0,62}$"
# By-lines that publishing systems put where nobody signed.
NOBODY = {"", "admin", "administrator", "author", "editor", "editors", "staff", "webmaster"}


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Consent(_Part):
    """On what ground, for what, and until when an author's words may be used."""

    basis: Literal["self", "written", "public-domain"]
    scope: tuple[Scope, ...] = ("collect", "train", "serve")
    granted: date
    expires: date | None = None
    revoked: date | None = None
    evidence: str = Field(default="", description="where the written consent is; free text")
    evidence_hash: str | None = Field(
        default=None, pattern=r"^[0-9a-f]{64}$", description="SHA-256 of the written consent"
    )

    @property
    def consent_id(self) -> str:
        return fingerprint(self)


class Author(_Part):
    """One twin: its partition key, the name it answers to, its sources and its consent.

    aliases: other names that the author signs with.
    """

    slug: str = Field(pattern=SLUG)
    name: str = Field(min_length=1)
    aliases: tuple[str, ...] = ()
    sources: tuple[SourceSpec, ...] = Field(min_length=1)
    consent: Consent | None = None

    def wrote(self, byline: Sequence[str]) -> bool:
        """Whether an article signed so may be the author's: signed by nobody, or by them too."""
        signed = [words for name in byline if (words := _words(name)) and not words <= NOBODY]
        own = [_words(name) for name in (self.name, *self.aliases)]
        return not signed or any(n <= words or words <= n for n in own for words in signed)

    def require_consent(self, scope: Scope, today: date) -> Consent:
        """The consent, if it is valid today for `scope`; `ConsentError` otherwise."""
        remedy = (
            f"correct the `consent` of {self.slug} in the authors file "
            "(basis, scope, granted, expires) if the author agrees; otherwise take the author out."
        )
        consent = self.consent
        if consent is None:
            raise ConsentError(f"author {self.slug} has no consent record", remedy)
        if scope not in consent.scope:
            given = ", ".join(consent.scope) or "nothing"
            raise ConsentError(f"author {self.slug} consented to {given}, not to {scope}", remedy)
        if consent.revoked and consent.revoked <= today:
            raise ConsentError(f"author {self.slug} revoked consent on {consent.revoked}", remedy)
        if consent.granted > today:
            raise ConsentError(f"consent of {self.slug} begins only on {consent.granted}", remedy)
        if consent.expires and consent.expires < today:
            raise ConsentError(f"consent of {self.slug} expired on {consent.expires}", remedy)
        if consent.basis == "written" and not consent.evidence:
            raise ConsentError(f"written consent of {self.slug} names no evidence", remedy)
        if consent.evidence_hash and Path(consent.evidence).is_file():
            if file_hash(Path(consent.evidence)) != consent.evidence_hash:
                raise ConsentError(f"{consent.evidence} is not what its hash says", remedy)
        return consent


def _words(name: str) -> set[str]:
    """A name's words, without case, accents, an e-mail address, or a leading `by`."""
    plain = unicodedata.normalize("NFKD", re.sub(r"\S+@\S+", " ", name)).casefold()
    letters = "".join(char for char in plain if not unicodedata.combining(char))
    return set(re.findall(r"\w+", letters)) - {"by"}


class AuthorsFile(_Part):
    authors: tuple[Author, ...] = ()

    def get(self, slug: str) -> Author:
        """The author of that slug; `UnknownAuthorError` names those there are."""
        for author in self.authors:
            if author.slug == slug:
                return author
        known = ", ".join(author.slug for author in self.authors) or "none yet"
        raise UnknownAuthorError(
            f"author '{slug}' is not in the authors file (known: {known})",
            "add the author with `twin init`, or use one of the known names.",
        )


def load_authors(path: Path) -> AuthorsFile:
    """Read and validate the authors file; folders in it are relative to it."""
    if not path.exists():
        raise SettingError(
            f"there is no authors file at {path}",
            "run `twin init` (or `twin init --sample` for the sample authors), "
            "or set TWIN_AUTHORS_FILE.",
        )
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingError(f"{path} cannot be read: {error}", "save it as UTF-8 text.") from error
    return _parse(text, path)


def _parse(text: str, path: Path) -> AuthorsFile:
    remedy = f"correct {path}; sample/authors.yaml is a complete example."
    try:
        content = yaml.safe_load(text) or {}
        if isinstance(content, dict) and content.get("authors", ()) is None:
            content = {}
        loaded = AuthorsFile.model_validate(content)
    except yaml.YAMLError as error:
        raise SettingError(f"{path} is not readable YAML: {error}", remedy) from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise SettingError(f"{path}: {place}: {first['msg']}", remedy) from error
    slugs = [author.slug for author in loaded.authors]
    twice = sorted({slug for slug in slugs if slugs.count(slug) > 1})
    if twice:
        raise SettingError(f"{path} has {', '.join(twice)} more than once", remedy)
    return AuthorsFile(authors=tuple(_located(author, path.parent) for author in loaded.authors))


def _located(author: Author, root: Path) -> Author:
    def located(spec: Any) -> Any:
        if not hasattr(spec, "path"):
            return spec
        return spec.model_copy(update={"path": (root / spec.path.expanduser()).resolve()})

    return author.model_copy(update={"sources": tuple(located(spec) for spec in author.sources)})


def add_authors(path: Path, new: tuple[Author, ...]) -> list[str]:
    """Append authors to the file (made if missing), keeping what is there; slugs already there
    stay."""
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    known = {author.slug for author in load_authors(path).authors} if text.strip() else set()
    added = [author for author in new if author.slug not in known]
    if not added:
        return []
    entries = yaml.safe_dump(
        [author.model_dump(mode="json", exclude_none=True) for author in added],
        sort_keys=False,
        allow_unicode=True,
    )
    if not known:  # only comments are worth keeping of a file without authors
        comments = [line for line in text.splitlines() if line.startswith("#")]
        text = "\n".join([*comments, "authors:"])
    indent = re.search(r"^( *)- ", text, re.MULTILINE)
    margin = indent[1] if indent else "  "
    block = "".join(f"{margin}{line}\n" for line in entries.splitlines())
    combined = f"{text.rstrip()}\n{block}"
    _parse(combined, path)  # before anything is written
    write_atomically(path, combined.encode())
    return [author.slug for author in added]
