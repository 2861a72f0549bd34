"""HTML within Markdown: prose, lists, code, … become Markdown; scripts, styles, frames, share bars
and comments in the source vanish. Code that shows HTML stays as it is.

Blocks of HTML are converted as `extract` converts a page, but whole: their author put them there.
Other elements within a paragraph (`<kbd>`, `<sub>`) are left alone, except what vanishes.
"""

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from twin_core.features.extract import arranged, lines, parsed
from twin_core.features.paragraphs import BLOCKS

# What a text has at least: HTML where a block may begin, or what vanishes from a paragraph.
MAY_HAVE = re.compile(
    r"(?mi)^[ \t>*+0-9.)-]*<[a-z/!?]|<!--|<\?|<(?:script|style|iframe|object|svg)\b"
)
_VANISHING = re.compile(r"(?i)<(script|style|iframe|object|svg)\b")
_BESIDE = re.compile(  # words of the class or id of what stands beside a text
    r"(?<![a-z])(?:ads?|advert\w*|breadcrumbs?|comments?|cta|disqus\w*|nav\w*|newsletter|"
    r"no-?print|promo\w*|share\w*|sharing|sign-?up|sponsor\w*|subscri\w+|toc)(?![a-z])"
)
_LISTED = re.compile(  # words that an author's own parts have, too: there, nothing links
    r"(?<![a-z])(?:follow|likes?|menu|related|social)(?![a-z])"
)
_MOST_WORDS = 150  # of a share bar, a form, a menu
_TAG = re.compile(r"<(/?)([A-Za-z]*)[^<>]*>")
_UNREAD = ("script", "style")


class Piece(NamedTuple):
    """A piece of HTML: content[start:end] in bytes; whether a block; itself without the marks of
    the quotation or list around it."""

    start: int
    end: int
    block: bool
    html: str


def as_markdown(text: str, convert: Callable[[list[str]], list[str]]) -> str:
    """The Markdown text with its HTML as Markdown. convert: does what `fragments` does."""
    if "<" not in text or not MAY_HAVE.search(text):
        return text
    content = text.encode("utf-8", "replace")
    found = _joined(content, list(_pieces(content.decode())))
    wanted = [piece.html for piece in found if piece.block and not _is_comment(piece.html)]
    converted = iter(convert(wanted) if wanted else [])
    parts, end = [], 0
    for piece in found:
        blank = not piece.block or _is_comment(piece.html)
        written = "" if blank else next(converted)
        before = content[content.rfind(b"\n", 0, piece.start) + 1 : piece.start].decode()
        parts += [content[end : piece.start].decode(), _placed(written, before, piece.block)]
        end = piece.end
    return "".join([*parts, content[end:].decode()])


def fragments(pieces: list[str]) -> list[str]:
    """Pieces of HTML as Markdown; an empty text for one of which nothing is read, and the `plain`
    text of one that cannot be converted."""
    return list(map(_converted, pieces))


def _converted(html: str) -> str:
    try:
        return _fragment(html)
    except MemoryError:  # ends the process that this runs in
        raise
    except Exception:  # noqa: BLE001 - a fault in one piece, which must not cost the whole text
        return plain(html)


def plain(html: str) -> str:
    """The text between the tags, without scripts, blocks as paragraphs: of what no parser reads."""
    kept, end, unread = [], 0, ""
    for tag in _TAG.finditer(html):
        closes, name = bool(tag[1]), tag[2].lower()
        kept += [] if unread else [html[end : tag.start()], "\n\n" if name in BLOCKS else ""]
        end = tag.end()
        if unread:
            unread = "" if closes and name == unread else unread
        elif name in _UNREAD and not closes:
            unread = name
    text = "".join(kept) + ("" if unread else html[end:])
    written = "\n".join(line.strip() for line in text.replace("<", "&lt;").split("\n"))
    return re.sub(r"\n{3,}", "\n\n", written.strip())


def _fragment(html: str) -> str:
    from trafilatura.htmlprocessing import convert_tags
    from trafilatura.settings import Extractor
    from trafilatura.xml import xmltotxt

    body = parsed(html)
    if body is None:
        return ""
    for part in [part for part in body.iterdescendants() if _is_beside(part)]:
        part.drop_tree()
    for part in list(body.iter("footer", "header")):
        part.tag = "div"
    body, held = arranged(body)
    for row in list(body.iter("tr")):
        row.tag = "row"
    for cell in list(body.iter("td", "th")):
        cell.attrib.update({"role": "head"} if cell.tag == "th" else {})
        cell.tag = "cell"
    options = Extractor(output_format="markdown", formatting=True, links=True, tables=True)
    return "\n".join(lines(xmltotxt(convert_tags(body, options), True).strip(), held)).strip()


def _is_beside(part) -> bool:
    """Whether this is a share bar, a menu, a form, … and no text of the author's."""
    names = f"{part.get('class', '')} {part.get('id', '')}".lower()
    hidden = part.get("hidden") is not None or part.get("aria-hidden") == "true"
    listed = _LISTED.search(names) and next(part.iter("a", "form"), None) is not None
    if not (hidden or listed or part.tag in ("form", "nav") or _BESIDE.search(names)):
        return False
    linked = sum(len(link.text_content().split()) for link in part.iter("a"))
    return len(part.text_content().split()) - linked <= _MOST_WORDS


def _pieces(text: str) -> Iterator[Piece]:
    """Blocks of HTML, wherever they stand, and what vanishes from paragraphs."""
    import pyromark

    opened: tuple[str, int] | None = None
    html: list[str] = []
    parser = pyromark.Markdown(options=pyromark.Options.ENABLE_TABLES)
    for event, where in parser.events_with_range(text):
        if isinstance(event, str):  # a break of the line, a rule
            continue
        start, end = where["start"], where["end"]
        if "Html" in event:
            html.append(event["Html"])
        elif event.get("Start") == "HtmlBlock":
            html = []
        elif event.get("End") == "HtmlBlock":
            yield Piece(start, end, True, "".join(html))
        elif event.get("End") == "Paragraph":
            opened = None
        elif tag := event.get("InlineHtml"):
            if opened and tag.lower().startswith(f"</{opened[0]}"):
                yield Piece(opened[1], end, False, "")
                opened = None
            elif tag.startswith(("<!", "<?")) and not opened:
                yield Piece(start, end, False, "")
            elif (match := _VANISHING.match(tag)) and not opened:
                opened = (match[1].lower(), start)


def _joined(content: bytes, pieces: list[Piece]) -> list[Piece]:
    """The pieces, where blocks of the outermost level that follow one another are one."""
    joined: list[Piece] = []
    for piece in pieces:
        last = joined[-1] if joined else None
        between = content[last.end : piece.start] if last else b""
        if last and _is_outer(content, last) and _is_outer(content, piece) and not between.strip():
            html = last.html + between.decode() + piece.html
            joined[-1] = Piece(last.start, piece.end, True, html)
        else:
            joined.append(piece)
    return joined


def _is_outer(content: bytes, piece: Piece) -> bool:
    """Whether this is a block that stands in no list or quotation."""
    return piece.block and content[max(0, piece.start - 1) : piece.start] in (b"", b"\n")


def _is_comment(html: str) -> bool:
    """Whether the piece is one comment, as `<!-- more -->`; nobody needs to parse that."""
    html = html.strip()
    return html.startswith("<!--") and html.find("-->") == len(html) - 3


def _placed(written: str, before: str, block: bool) -> str:
    """What is written in a piece's place. before: what stands in its line before it."""
    if not block:
        return ""
    within = re.sub(r"[^>\s]", " ", before)
    start = f"\n{within}" if within == before else ""
    body = written.replace("\n", f"\n{within}")
    return f"{start}{body}\n{within.rstrip()}\n" if written else "\n"
