"""Code blocks of web pages, as the highlighters of site generators write them."""

import pytest

from twin_core.features.extract import main_content

PROSE = "".join(f"<p>On day {day} I baked a bread, and the week knew it.</p>\n" for day in range(9))
LINE, NEXT = "let alpha = 1;", "let beta = 2;"
CODE = f"{LINE}\n{NEXT}"


def lined(opening: str, closing: str) -> str:
    return f"{opening}{LINE}{closing}{opening}{NEXT}{closing}"


def cells(numbers: str, lines: str, name: str) -> str:
    return f'<table><tr><td class="{name}">{numbers}</td><td class="code">{lines}</td></tr></table>'


NUMBERS = '<div class="line">1</div><div class="line">2</div>'
BLOCKS = {
    "docusaurus": '<pre class="prism-code language-js thin-scrollbar"><code>'
    + lined('<span class="token-line">', "<br></span>")
    + "</code></pre>",
    "tailwind": f'<pre class="rounded-lg shadow-md scrollbar-thin"><code>{CODE}</code></pre>',
    "named": f'<pre class="toolbar social share nav author widget"><code>{CODE}</code></pre>',
    "expressive": '<div class="expressive-code"><figure><pre><code>'
    + lined(
        '<div class="ec-line"><div class="gutter"><div class="ln">1</div></div><div class="code">',
        "</div></div>",
    )
    + "</code></pre></figure></div>",
    "syntaxhighlighter": '<div class="syntaxhighlighter js">'
    + cells(NUMBERS, lined('<div class="line">', "</div>"), "gutter")
    + "</div>",
    "crayon": '<div class="crayon-syntax"><table><tr><td class="crayon-nums">1 2</td>'
    f'<td class="crayon-code">{lined("<div>", "</div>")}</td></tr></table></div>',
    "gist": '<div class="blob-wrapper"><table>'
    + lined('<tr><td class="blob-num"></td><td class="blob-code">', "</td></tr>")
    + "</table></div>",
    "gist as embedded": '<table class="highlight js-file-line-container">'
    + lined('<tr><td class="blob-num"></td><td class="blob-code js-file-line">', "</td></tr>")
    + "</table>",
    "prettify": f'<pre class="prettyprint linenums"><ol>{lined("<li>", "</li>")}</ol></pre>',
    "highlight.js": f'<pre><code class="hljs"><ol>{lined("<li>", "</li>")}</ol></code></pre>',
    "vitepress": '<div class="language-js"><span class="lang">js</span>'
    f"<pre><code>{CODE}</code></pre></div>",
    "lines with ends": f"<pre><div>{LINE}\n</div><div>{NEXT}\n</div></pre>",
}


@pytest.mark.parametrize("block", BLOCKS.values(), ids=BLOCKS)
def test_code_is_kept_line_by_line_without_numbers(block: str):
    body = f"<article><h1>Notes</h1>{PROSE}{block}<p>END.</p></article>"
    text, _ = main_content(f"<html><body>{body}</body></html>", "https://e.org/", "Notes")
    fence = "```js" if "language-js" in block else "```"
    assert f"{fence}\n{CODE}\n```\n\nEND." in text
