"""Cleaning: the author's words and nothing else; what is left out keeps the reason; in steps that
see only what changed."""

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twin_assets.cli.site import articles, render
from twin_core.features.clean import (
    BOILERPLATE,
    BOX,
    clean,
    extract,
    finish,
    learnable,
    site,
    usable,
)
from twin_core.features.extract import main_content
from twin_core.features.footers import footers_all
from twin_core.features.links import absolute
from twin_core.features.normalise import normalise
from twin_core.features.settle import LIGHT, settle
from twin_core.markdown import blocks, own_prose
from twin_core.records import CLEANED_DOCS, RAW_ARTICLES

PAGE = """<html><head><title>On bread</title></head><body>
<nav><a href="/">Home</a> <a href="/archive">Archive</a></nav>
<article><h1>On bread</h1>
<p>{prose}</p><h2>The oven</h2><blockquote><p>Never open the door, my mother said.</p></blockquote>
<pre><code>bake --hot</code></pre><p>{prose}</p></article>
<div class="comments"><h2>Comments</h2><p>First! I loved this article so much, thank you.</p></div>
<footer>Subscribe to our newsletter. All rights reserved.</footer></body></html>"""
PROSE = "I bake on Sundays because the week has no mercy. " * 6
FOOTER = (
    "Thanks for reading Fern Notes! Subscribe for free to receive new posts and support my work."
)
BIO = "Ada keeps bees in the north and writes about what they teach her."


def raw(*bodies: str, media_type: object = "text/markdown", **values: object) -> pl.DataFrame:
    """Rows of `raw_articles`: one a day, on one site."""
    first = datetime(2025, 1, 1, tzinfo=UTC)
    rows = [
        {
            "doc_id": f"d{place}",
            "source": "folder:articles",
            "url": f"https://fern.example/{place}/",
            "title": "On bread",
            "published_at": first + timedelta(days=place),
            "media_type": media_type,
            "body": body,
            "status": "live",
            **values,
        }
        for place, body in enumerate(bodies)
    ]
    return RAW_ARTICLES.frame(rows)


def article(number: int, length: int = 60) -> str:
    """Prose that shares no three words with that of another number."""
    return " ".join(f"word{number}x{place}" for place in range(length)) + "."


def test_a_page_gives_its_article_and_nothing_around_it():
    (row,) = clean(raw(PAGE.format(prose=PROSE), media_type="text/html")).iter_rows(named=True)
    assert row["drop_reason"] is None
    assert "I bake on Sundays" in row["text"]
    for around in ("Archive", "Subscribe", "I loved this article", "# On bread"):
        assert around not in row["text"]
    assert {"rule": BOX, "blocks": 2} in row["removed_by"]
    kinds = {block.kind for block in blocks(row["text"])}
    assert {"heading", "quote", "code", "prose"} <= kinds
    assert "my mother said" not in own_prose(row["text"])


@pytest.mark.parametrize("slug", ["ines-okafor", "tobias-wren"])
def test_the_sample_pages_give_the_blocks_that_were_written(slug: str):
    for one in articles(slug):
        page = render(f"/{slug}/{one.slug}/", "https://example.org")
        assert page
        found = normalise(main_content(page[1], "https://example.org/", one.title)[0])
        written = normalise(one.body)
        assert [b.kind for b in blocks(found)] == [b.kind for b in blocks(written)], one.slug


def test_the_sample_articles_lose_nothing():
    for slug in ("ines-okafor", "tobias-wren"):
        bodies = [one.body for one in articles(slug)]
        docs = clean(raw(*bodies))
        texts = [
            absolute(normalise(body), url) for body, url in zip(bodies, docs["url"], strict=True)
        ]
        assert docs["text"].to_list() == texts
        assert docs["language"].unique().to_list() == ["en"]
        assert docs["drop_reason"].null_count() == docs.height


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("", "no text"),
        ("<html><body></body></html>", "no text"),
        ("<nav>Home <nav>Up</nav></nav>", f"no text but what was cut: {BOX} 1"),
    ],
)
def test_an_article_without_text_keeps_the_reason(body: str, reason: str):
    docs = clean(raw(body, media_type="text/html"))
    assert docs["drop_reason"].to_list() == [reason]
    assert usable(docs).height == 0


def test_too_little_prose_keeps_the_reason():
    (row,) = clean(raw("A single line.")).iter_rows(named=True)
    assert row["drop_reason"] == "only 3 words (at least 40 needed)"


def test_an_article_of_code_can_be_found_but_is_not_learnt_from():
    code = "".join(f"step_{n} = measure(oven, {n})\n" for n in range(40))
    docs = clean(raw(f"The program in full:\n\n```\n{code}```", PROSE))
    assert usable(docs)["doc_id"].to_list() == ["d0", "d1"]
    assert learnable(docs)["doc_id"].to_list() == ["d1"]


def test_what_was_taken_down_gives_no_row_and_a_paywall_one_with_a_reason():
    rows = [raw(PROSE, status=s, doc_id=s) for s in ("live", "gone", "paywalled")]
    docs = clean(pl.concat(rows))
    assert docs.select("doc_id", "drop_reason").rows() == [
        ("live", None),
        ("paywalled", "behind a paywall: no text"),
    ]
    assert docs["text"].to_list() == [PROSE.strip(), ""]


def test_two_views_come_from_one_text():
    body = f"# Oven\n\n{PROSE}\n\n> She wrote.\n\n```\nrun()\n```\n\n- one\n- two\n\n|a|\n|-|\n|b|"
    (row,) = clean(raw(body)).iter_rows(named=True)
    kinds = [span["kind"] for span in row["spans"]]
    assert kinds == ["heading", "prose", "quote", "code", "list", "table"]
    assert [(b.kind, b.start, b.end) for b in blocks(row["text"])] == [
        (span["kind"], span["start"], span["end"]) for span in row["spans"]
    ]
    pieces = [row["text"][span["start"] : span["end"]] for span in row["spans"]]
    assert "".join(row["text"].split()) == "".join("".join(pieces).split())
    assert row["prose"] == f"{PROSE.strip()}\n\n- one\n- two"
    assert row["own_words"] == len(row["prose"].split())


def test_what_a_site_repeats_is_learnt_and_removed():
    bodies = [f"{article(n)}\n\n{BIO}" for n in range(4)]
    docs = clean(raw(*bodies))
    assert docs["text"].to_list() == [article(n) for n in range(4)]
    assert docs["removed"].to_list() == [1] * 4
    assert docs["removed_by"].to_list() == [[{"rule": BOILERPLATE, "blocks": 1}]] * 4
    assert clean(raw(*bodies[:2]))["removed"].to_list() == [0, 0]  # too few to tell


@pytest.mark.parametrize(("articles", "kept"), [(5, False), (6, True), (10, True), (13, True)])
def test_the_introduction_of_a_short_series_is_kept_among_other_articles(articles: int, kept: bool):
    series = "This is part of a series on baking at scale, in which I show how our kitchen works."
    bodies = [article(n) + (f"\n\n{series}" if n < 3 else "") for n in range(articles)]
    assert (series in clean(raw(*bodies))["text"][0]) == kept


def test_a_table_that_an_author_repeats_is_kept():
    table = "| size | time |\n|---|---|\n| small | 20 minutes |\n| large | 40 minutes |"
    docs = clean(raw(*(f"{article(n)}\n\n{table}\n\n{article(9 + n)}" for n in range(4))))
    assert all(table in text for text in docs["text"])


def test_what_few_documents_repeat_stays():
    bodies = [article(n) + (f"\n\n{BIO}" if n < 3 else "") for n in range(16)]
    assert clean(raw(*bodies))["removed"].sum() == 0


def test_what_another_site_repeats_stays():
    here = raw(*[f"{article(n)}\n\n{BIO}" for n in range(3)])
    there = raw(f"{article(9)}\n\n{BIO}", url="https://moss.example/", doc_id="there")
    assert clean(pl.concat([here, there]))["removed"].to_list() == [1, 1, 1, 0]


@pytest.mark.parametrize(
    "own",
    ["## Conclusion, and what comes after it", "And so it goes.", "```\nimport numpy as np\n```"],
)
def test_headings_refrains_and_code_are_the_authors(own: str):
    docs = clean(raw(*[f"{article(n)}\n\n{own}\n\n{article(n + 50)}" for n in range(5)]))
    assert all(own in text for text in docs["text"])


def test_a_heading_goes_with_all_that_stood_under_it():
    bodies = [f"{article(n)}\n\n## About me\n\n{BIO}" for n in range(3)]
    assert clean(raw(*bodies))["text"].to_list() == [article(n) for n in range(3)]


def test_the_newsletter_footer_in_every_document_is_gone():
    docs = clean(
        raw(
            *[
                f"{article(n)}\n\n{FOOTER}\n\n[Share](https://fern.example/{n}?action=share)"
                for n in range(9)
            ]
        )
    )
    assert docs["text"].to_list() == [article(n) for n in range(9)]
    assert docs["removed"].to_list() == [2] * 9


def test_readers_comments_are_not_the_authors():
    body = f"{article(1)}\n\n## 2 Comments\n\nMaya\n\nThis changed how I see bees.\n\nReply"
    (row,) = clean(raw(body)).iter_rows(named=True)
    assert row["text"] == row["prose"] == article(1)


REMOVED = [
    FOOTER,
    "Fern Notes is a reader-supported publication. To receive new posts, consider subscribing.",
    "This post is public so feel free to share it.",
    "[Subscribe now](https://fern.example/subscribe)",
    "Share",
    "Type your email…",
    "If you enjoyed this post, please consider subscribing.",
    "If you liked this, follow me on Mastodon.",
    "*Originally published at [fern.example](https://fern.example/1).*",
    "Photo by [Jo](https://x.example) on [Unsplash](https://unsplash.com)",
    "© 2024 Fern Notes. All rights reserved.",
    "You can unsubscribe at any time.",
    "Twitter | Facebook | LinkedIn | Email",
    "- [Tweet](https://x.example)\n- [Share on LinkedIn](https://l.example)\n- Print",
    "12 Likes ∙ 3 Restacks",
    "## Leave a comment\n\nYour name",
    "## Comments\n\n**Jon** 3 days ago\n\nNice.",
    f"## Comments\n\nBob says: great post\n\n{BIO}\n\nEve says: I think so, too. {BIO}",
    "Become a member to read the archive.",
    "### Related posts\n\n- [Moss](https://fern.example/moss)",
    "## You might also like\n\n[Moss](https://fern.example/moss)",
    "## Subscribe to my letter\n\nA letter each week.",
]
KEPT = [
    "I subscribe to the theory that bees dream.",
    "Subscriptions share one fate: they are forgotten.",
    "We moved the unsubscribe link to the top, and nobody left.",
    "Thank you for reading to me when I was small.",
    "If you like bees, plant borage.",
    "First published in 1953, it has never gone out of print.",
    "Share what you grow, said my aunt.",
    "## Discussion\n\nThe hives differed by a third.",
    "## Comments\n\nA comment in code should say why.",
    "## Responses\n\nThe server answers with 200.",
    "## Subscribe to the event stream\n\nOpen a socket first.",
    "## Newsletter metrics\n\nOpen rates lie.",
    "Facebook bought the field behind our house.",
    f"## 7 thoughts on hiring\n\n{PROSE}",
    f"## 3 responses\n\nWhen the oven breaks, a cook has three. {PROSE}",
    f"**14 comments**\n\nand I answered each. {PROSE}",
    f"Join the conversation\n\n{PROSE}",
    f"## Discussion\n\nThe method was proposed 10 years ago. {PROSE}\n\n## Conclusion\n\nNo.",
    f"## More from less\n\n{PROSE}",
    f"## More by accident than design\n\n{PROSE}",
    f"## Other stories\n\n{PROSE}",
    "Become a member of the kitchen first, I tell every apprentice, and only then learn recipes.",
]


@pytest.mark.parametrize("footer", REMOVED)
def test_what_publishing_tools_add_is_removed(footer: str):
    text = f"{PROSE.strip()}\n\n{footer}"
    assert clean(raw(text))["text"].to_list() == [PROSE.strip()]


def test_a_title_like_a_comment_count_begins_an_article():
    text = f"# 12 thoughts on bread\n\n{PROSE.strip()}\n\n{PROSE.strip()}"
    assert clean(raw(text))["text"].to_list() == [text]


@pytest.mark.parametrize("own", KEPT)
def test_what_only_sounds_like_it_stays(own: str):
    text = f"{PROSE.strip()}\n\n{own}"
    assert footers_all([text], [blocks(text)]) == [{}]


@pytest.mark.parametrize("end", [*REMOVED, f"{BIO}\n\n- {BIO}", f"## More\n\n{BIO}\n\n{PROSE}"])
def test_the_spans_are_the_blocks_of_what_is_left(end: str):
    for row in clean(raw(*[f"{article(n)}\n\n{end}\n" for n in range(3)])).iter_rows(named=True):
        spans = [(span["kind"], span["start"], span["end"]) for span in row["spans"]]
        assert spans == [(b.kind, b.start, b.end) for b in blocks(row["text"])]
        assert row["prose"] == own_prose(row["text"])
        assert row["text"] == row["text"].strip()


def test_further_reading_ends_at_the_next_section():
    text = f"{article(1)}\n\n## Related posts\n\n- Moss\n\n## Method\n\n{article(2)}"
    (row,) = clean(raw(text)).iter_rows(named=True)
    assert row["text"] == f"{article(1)}\n\n## Method\n\n{article(2)}"


def test_personal_data_is_in_neither_view():
    told = "Write to ada@fern-garden.net or call +44 20 7946 0958."
    body = f"{PROSE}\n\n{told}\n\n```\nkey = 'AKIA{'Q' * 16}'\n```"
    (row,) = clean(raw(body)).iter_rows(named=True)
    assert row["redactions"] == "email 1, key 1, phone 1"
    assert "Write to [email] or call [phone]." in row["text"] and "'[key]'" in row["text"]
    assert "Write to [email] or call [phone]." in row["prose"]
    assert row["text"][row["spans"][-1]["start"] : row["spans"][-1]["end"]].endswith("```")


@pytest.mark.parametrize(
    ("url", "label", "expected"),
    [
        ("https://www.fern.example/a", "feed:x", "fern.example"),
        ("http://fern.example:8080/a", "feed:x", "fern.example"),
        ("medium-export:posts/a.html", "medium:/exports/a.zip", "medium"),
        ("file:///a.md", None, "file"),
    ],
)
def test_a_source_is_a_site_or_a_kind_of_export(url: str, label: str | None, expected: str):
    assert site(url, label) == expected


def test_the_content_hash_is_of_what_is_read_downstream():
    before = clean(raw(PROSE))["content_hash"][0]
    assert clean(raw(PROSE, body=PROSE + " "))["content_hash"][0] == before
    for change in ({"body": PROSE + "More."}, {"title": "Off"}, {"published_at": None}):
        assert clean(raw(PROSE, **change))["content_hash"][0] != before


bodies = st.lists(
    st.tuples(
        st.sampled_from([article(n) for n in range(4)] + [article(1, 59), article(1, 58) + " x."]),
        st.sampled_from(["", BIO, FOOTER, "## Notes"]),
        st.sampled_from(["a", "b"]),
    ),
    min_size=1,
    max_size=9,
)


def _raw(parts: list[tuple[str, str, str]]) -> pl.DataFrame:
    rows = raw(*[f"{text}\n\n{end}" for text, end, _ in parts])
    return rows.with_columns(
        url=pl.Series([f"https://{host}.example/{n}" for n, (*_, host) in enumerate(parts)]),
        doc_id=pl.Series([f"{(7 * n) % 10}" for n in range(len(parts))]),
    )


@settings(max_examples=40, deadline=None)
@given(bodies, st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(parts: list[tuple[str, str, str]], random):
    rows = _raw(parts)
    order = list(range(rows.height))
    random.shuffle(order)
    assert clean(rows[order]).sort("doc_id").equals(clean(rows).sort("doc_id"))


@settings(max_examples=40, deadline=None)
@given(bodies, st.lists(st.booleans(), min_size=9, max_size=9), st.sampled_from(["", BIO]))
def test_doing_what_changed_gives_what_doing_all_does(
    parts: list[tuple[str, str, str]], edited: list[bool], end: str
):
    before = _raw(parts)
    after = _raw(
        [
            (text, end if edit else old, host)
            for (text, old, host), edit in zip(parts, edited, strict=False)
        ]
    )
    first, known = extract(before), settle(extract(before).select(LIGHT))
    finished = finish(first.join(known, on="doc_id"))
    changed = pl.Series(edited[: len(parts)])
    extracted = pl.concat([first.filter(~changed), extract(after.filter(changed))])
    settled = settle(extracted.select(LIGHT))
    same = settled.join(known, on=settled.columns, how="semi", nulls_equal=True)
    untouched = same.join(first.filter(~changed), on="doc_id", how="semi")
    again = extracted.join(settled, on="doc_id").join(untouched, on="doc_id", how="anti")
    kept = finished.join(untouched, on="doc_id", how="semi")
    result = pl.concat([kept, finish(again)]).sort("doc_id")
    assert result.equals(clean(after).sort("doc_id"))
    assert CLEANED_DOCS.data_version(result) == CLEANED_DOCS.data_version(
        clean(after).sort("doc_id")
    )


def test_scripts_without_spaces_have_words_too():
    body = "\n\n".join(f"私は第{n}の朝にパンを焼いて、友人たちと静かに食べた。" for n in range(30))
    row = clean(raw(body, title="パン")).row(0, named=True)
    assert row["drop_reason"] is None and row["own_words"] > 200 and row["language"] == "ja"
