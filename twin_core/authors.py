"""The authors file: who is twinned, where they publish, and the consent that it rests on."""

import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import yaml
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PrivateAttr,
    ValidationError,
    model_validator,
)

from twin_core.bylines import is_name, signers
from twin_core.errors import (
    ConsentError,
    SettingError,
    UnknownAuthorError,
    WithheldError,
)
from twin_core.files import write_atomically
from twin_core.fingerprint import file_hash, fingerprint
from twin_core.plain import plain
from twin_core.sources import SourceSpec
from twin_core.strict_yaml import read_yaml

Scope = Literal["collect", "train", "serve"]
SLUG = r"^[a-z0-9][a-z0-9-]{0,62}$"


def _name(name: str) -> str:
    if not is_name(name):
        raise ValueError(f"'{name}' is not a name: it has no letters to tell it from others")
    return name


_Name = Annotated[str, AfterValidator(_name)]


def _day(said: Any) -> Any:
    """pydantic takes a number for seconds since 1970: `granted: 0` is nobody's day."""
    if isinstance(said, date | None) or (isinstance(said, str) and "-" in said.strip()[1:]):
        return said
    raise ValueError(f"'{said}' is no day: write it as 2025-01-31")


_Day = Annotated[date, BeforeValidator(_day)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Consent(_Part):
    """On what ground, for what, and until when an author's words may be used."""

    basis: Literal["self", "written", "public-domain"]
    scope: tuple[Scope, ...] = ("collect", "train", "serve")
    granted: _Day
    expires: _Day | None = None
    revoked: _Day | None = None
    evidence: str = Field(
        default="", description="where the written consent is; free text, or with a hash a file"
    )
    evidence_hash: str | None = Field(
        default=None, pattern=r"^[0-9a-f]{64}$", description="SHA-256 of the written consent"
    )

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.expires and self.expires < self.granted:
            raise ValueError(f"it expires on {self.expires}, before {self.granted}, when it begins")
        return self

    @property
    def consent_id(self) -> str:
        return fingerprint(self)


class Author(_Part):
    """One twin: its partition key, the name it answers to, its sources and its consent.

    aliases: other names that the author signs with. coauthored: take what others signed, too.
    """

    slug: str = Field(pattern=SLUG)
    name: _Name
    aliases: tuple[_Name, ...] = ()
    coauthored: bool = False
    sources: tuple[SourceSpec, ...] = Field(min_length=1)
    consent: Consent | None = None
    _folder: Path = PrivateAttr(default=Path())  # of the authors file

    def wrote(self, byline: Sequence[str]) -> bool:
        """Whether an article signed so may be the author's: signed by nobody, or by them.

        Raises `BlockedError` for one that somebody else signed, too, unless the author has
        `coauthored`: those words are not the author's alone to give.
        """
        own, others = signers(byline, (self.name, *self.aliases))
        if own and others and not self.coauthored:
            names = plain(", ".join(others))[0]
            raise WithheldError(
                f"signed by {names}, too, whose consent is not recorded: `coauthored: true` of the "
                "author takes such articles",
                "set it if the others agree.",
            )
        return own or not others

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
        if consent.basis == "written" and not any(map(str.isalnum, consent.evidence)):
            raise ConsentError(f"written consent of {self.slug} names no evidence", remedy)
        if consent.evidence_hash:
            self._require_evidence(consent)
        return consent

    def _require_evidence(self, consent: Consent) -> None:
        path = self._folder / consent.evidence
        remedy = "put the file beside the authors file, or correct `evidence`."
        try:
            found = file_hash(path)
        except (OSError, ValueError) as error:
            problem = f"the written consent of {self.slug} is not at {path}"
            raise ConsentError(problem, remedy) from error
        if found != consent.evidence_hash:
            raise ConsentError(f"{path} is not what its hash says", remedy)


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
    content: Any = None
    try:
        content = read_yaml(text) or {}
        if isinstance(content, dict) and content.get("authors", ()) is None:
            content = {}
        loaded = AuthorsFile.model_validate(content)
    except ValidationError as error:
        raise SettingError(f"{path}: {_fault(error, content)}", remedy) from error
    except ValueError as error:
        raise SettingError(f"{path} is not readable YAML: {error}", remedy) from error
    slugs = [author.slug for author in loaded.authors]
    twice = sorted({slug for slug in slugs if slugs.count(slug) > 1})
    if twice:
        raise SettingError(f"{path} has {', '.join(twice)} more than once", remedy)
    return AuthorsFile(authors=tuple(_located(author, path) for author in loaded.authors))


def _fault(error: ValidationError, content: Any) -> str:
    """The first fault: whose, where, what it is."""
    first = error.errors()[0]
    place = list(first["loc"])
    whose = ""
    if place[:1] == ["authors"] and len(place) > 2:
        author = content["authors"][place[1]]
        whose = f"author {author.get('slug', place[1])}, " if isinstance(author, dict) else ""
        place = place[2:] if whose else place
    message = first["msg"].removeprefix("Value error, ")
    if first["type"] != "value_error" and isinstance(first["input"], str | int | float):
        message = f"'{first['input']}': {message}"  # our own messages name what they are about
    return f"{whose}{'.'.join(map(str, place))}: {message}"


def _located(author: Author, path: Path) -> Author:
    """The author with its folders relative to the authors file."""

    def located(spec: Any) -> Any:
        if not hasattr(spec, "path"):
            return spec
        try:
            whole = (path.parent / spec.path.expanduser()).resolve()
        except (RuntimeError, ValueError, OSError) as error:
            problem = f"{path}: author {author.slug}, path '{spec.path}' cannot be: {error}"
            raise SettingError(problem.replace("\0", "\\0"), "correct the path.") from error
        return spec.model_copy(update={"path": whole})

    found = author.model_copy(update={"sources": tuple(map(located, author.sources))})
    found._folder = path.parent
    return found


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
