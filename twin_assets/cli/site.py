"""The sample authors' web site: pages and feeds rendered from sample/, over real HTTP on loopback.

Rendered on request, so that an edited article is there at once; with validators, so that an
unchanged one is answered with 304. The pages carry what real ones do around an article: navigation,
share links, a footer, comments of readers.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import partial
from html import escape
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from markdown_it import MarkdownIt

from twin_core.collect.frontmatter import split_front_matter
from twin_core.errors import SettingError
from twin_core.fingerprint import text_hash
from twin_core.settings import PROJECT

SAMPLE = PROJECT / "sample"
WHOLE_FEEDS = {"tobias-wren"}  # as some do: the articles themselves stand in the feed
_PAGE = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>{title} · {author}</title>
<meta name="author" content="{author}"><meta property="article:published_time" content="{date}">
<link rel="canonical" href="{url}">
<link rel="alternate" type="application/rss+xml" href="/{slug}/feed.xml"></head>
<body>
<header><a href="/{slug}/">{author}</a> <nav><a href="/{slug}/">Archive</a> <a href="/">All
writers</a></nav></header> <main><article><h1>{title}</h1><p class="byline">By {author}, <time
datetime="{date}">{date}</time></p> {body} </article></main> <aside class="share">Share this: <a
href="#">by mail</a> <a href="#">as a link</a></aside> <section id="comments"
class="comments"><h2>Comments</h2> <div class="comment"><b>A reader</b><p>Thank you for this, I have
sent it to my whole team.</p></div></section> <footer>Subscribe to the newsletter of {author}. All
rights reserved. No cookies.</footer> </body></html>
"""


class Article:
    """One Markdown file of a sample author."""

    def __init__(self, path: Path) -> None:
        meta, self.body = split_front_matter(path.read_text(encoding="utf-8"))
        self.title, self.slug = str(meta["title"]), str(meta["slug"])
        self.date = datetime.fromisoformat(str(meta["date"])).replace(tzinfo=UTC)
        self.description = str(meta["description"])
        updated = meta.get("updated")
        self.updated = (
            datetime.fromisoformat(str(updated)).replace(tzinfo=UTC) if updated else self.date
        )

    @property
    def html(self) -> str:
        return MarkdownIt("commonmark").enable("table").render(self.body)


def sample_authors() -> dict[str, str]:
    """Slug → name of the authors below sample/."""
    folders = sorted(path.parent for path in SAMPLE.glob("*/articles"))
    return {folder.name: folder.name.replace("-", " ").title() for folder in folders}


def articles(slug: str, root: Path = SAMPLE) -> list[Article]:
    """The author's articles, newest first."""
    found = [Article(path) for path in (root / slug / "articles").glob("*.md")]
    return sorted(found, key=lambda article: article.date, reverse=True)


def render(path: str, origin: str, root: Path = SAMPLE) -> tuple[str, str] | None:
    """(media type, document) at a path of the site, or None."""
    names = sample_authors()
    parts = [part for part in path.split("/") if part]
    if not parts:
        links = "".join(f'<li><a href="/{slug}/">{name}</a></li>' for slug, name in names.items())
        return "text/html", f"<!doctype html><title>Sample writers</title><ul>{links}</ul>"
    slug = parts[0]
    if slug not in names or len(parts) > 2:
        return None
    found = articles(slug, root)
    if len(parts) == 1:
        links = "".join(
            f'<li><a href="/{slug}/{a.slug}/">{escape(a.title)}</a></li>' for a in found
        )
        return "text/html", f"<!doctype html><title>{names[slug]}</title><ul>{links}</ul>"
    if parts[1] == "feed.xml":
        return "application/rss+xml", _feed(slug, names[slug], found, origin)
    if parts[1] == "sitemap.xml":
        return "application/xml", _sitemap(slug, found, origin)
    for article in found:
        if article.slug == parts[1]:
            return "text/html", _page(slug, names[slug], article, origin)
    return None


def _page(slug: str, author: str, article: Article, origin: str) -> str:
    return _PAGE.format(
        title=escape(article.title),
        author=escape(author),
        date=article.date.date().isoformat(),
        url=f"{origin}/{slug}/{article.slug}/",
        slug=slug,
        body=article.html,
    )


def _feed(slug: str, author: str, found: list[Article], origin: str) -> str:
    whole = slug in WHOLE_FEEDS
    items = "".join(
        f"<item><title>{escape(a.title)}</title><link>{origin}/{slug}/{a.slug}/</link>"
        f"<guid>{origin}/{slug}/{a.slug}/</guid><pubDate>{format_datetime(a.date)}</pubDate>"
        f"<atom:updated>{a.updated.isoformat()}</atom:updated>"
        f"<description>{escape(a.description)}</description>"
        f"{f'<content:encoded>{escape(a.html)}</content:encoded>' if whole else ''}</item>"
        for a in found
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" '
        'xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>'
        f"<title>{escape(author)}</title><link>{origin}/{slug}/</link>"
        f"<description>Articles by {escape(author)}</description>{items}</channel></rss>"
    )


def _sitemap(slug: str, found: list[Article], origin: str) -> str:
    urls = "".join(
        f"<url><loc>{origin}/{slug}/{a.slug}/</loc>"
        f"<lastmod>{a.updated.date().isoformat()}</lastmod></url>"
        for a in found
    )
    return f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>'


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def __init__(self, root: Path, *args: Any) -> None:
        self.root = root
        super().__init__(*args)

    def do_GET(self) -> None:
        host = self.headers.get("Host", "127.0.0.1")
        found = render(self.path.split("?")[0], f"http://{host}", self.root)
        if found is None:
            self.send_error(HTTPStatus.NOT_FOUND)
            return
        media_type, document = found
        etag = f'"{text_hash(document)}"'
        if self.headers.get("If-None-Match") == etag:
            self.send_response(HTTPStatus.NOT_MODIFIED)
            self.send_header("ETag", etag)
            self.end_headers()
            return
        body = document.encode()
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", f"{media_type}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("ETag", etag)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet: the collection reports what it asked for."""


@contextmanager
def running_site(port: int, root: Path = SAMPLE) -> Iterator[str]:
    """The site in the background on that port (0: any free one); yields its address."""
    server = _open(port, root)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def serve_forever(port: int) -> None:
    """The site in the foreground."""
    from twin_assets.cli.console import console

    server = _open(port, SAMPLE)
    console.print(f"Sample site on [bold]http://127.0.0.1:{port}/[/]; Ctrl-C ends it")
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        server.server_close()


def _open(port: int, root: Path) -> ThreadingHTTPServer:
    try:
        return ThreadingHTTPServer(("127.0.0.1", port), partial(_Handler, root))
    except OSError as error:
        raise SettingError(
            f"port {port} for the sample site is taken: {error.strerror}",
            "set TWIN_SAMPLE_PORT to a free one, or end what holds it.",
        ) from error
