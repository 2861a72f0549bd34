"""A web server on loopback whose pages a test lays down, and which remembers what was asked."""

import http.server
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from twin_core.collect.web import Web


@dataclass
class Page:
    """An answer; `{origin}` in the body becomes the server's address. An ETag is answered 304."""

    body: str | bytes = ""
    status: int = 200
    media_type: str = "text/html"
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Site:
    """A running server: its address, its pages, and (path, headers) of every request."""

    address: str
    pages: dict[str, Any]
    requests: list[tuple[str, Mapping[str, str]]] = field(default_factory=list)

    def asked(self) -> list[str]:
        """The paths asked for, robots.txt left out."""
        return [path for path, _ in self.requests if path != "/robots.txt"]


@contextmanager
def serving(pages: Mapping[str, Page | Callable[[Any], None]]) -> Iterator[Site]:
    """Path → page, or what writes the answer to a handler by itself."""
    site = Site("", dict(pages))

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # it holds a body back for 40 ms

        def do_GET(self) -> None:
            site.requests.append((self.path, dict(self.headers)))
            page = site.pages.get(self.path, Page("no", 404, "text/plain"))
            if callable(page):
                page(self)
                return
            content = page.body
            if isinstance(content, str):
                content = content.replace("{origin}", f"http://{self.headers['Host']}").encode()
            etag = page.headers.get("ETag")
            unchanged = etag is not None and self.headers.get("If-None-Match") == etag
            self.send_response(304 if unchanged else page.status)
            for name, value in page.headers.items():
                self.send_header(name, value)
            if not unchanged:
                self.send_header("Content-Type", page.media_type)
                self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            if not unchanged:
                self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    site.address = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()


def local_web(**options: Any) -> Web:
    """Access to servers on this machine, which only tests allow as a whole."""
    return Web(allowed=("127.0.0.1",), **options)


def rss(*paths: str, summary: str = "", date: str = "Mon, 02 Jun 2025 08:00:00 +0000") -> Page:
    """A feed that lists these paths of its own site."""
    items = "".join(
        f"<item><title>{path}</title><link>{{origin}}{path}</link>"
        f"<description>{summary}</description><pubDate>{date}</pubDate></item>"
        for path in paths
    )
    channel = f"<channel><title>t</title><link>{{origin}}/</link>{items}</channel>"
    return Page(f'<rss version="2.0">{channel}</rss>', media_type="application/rss+xml")


def article(text: str, head: str = "") -> Page:
    """A web page with one article."""
    return Page(f"<html><head>{head}</head><body><article><p>{text}</p></article></body></html>")
