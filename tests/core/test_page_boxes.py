"""Which boxes of a web page are the site's and which are the author's own, by what is in them."""

import time

import pytest

from twin_core.features.boxes import is_address, is_box
from twin_core.features.extract import main_content, parsed

URL = "https://example.org/here/"
TITLE = "Notes of mine"
PROSE = "".join(  # no paragraph twice: what trafilatura drops would have the page read anew
    f"<p>On day {day} I baked a bread because the week has no mercy, and it knows.</p>\n"
    for day in range(40)
)
MORE = PROSE.replace("day", "night")
OWN = "They said so in May, and I wrote it down before I went home."
LONG = " ".join(f"In year {year} I wrote it down." for year in range(2000, 2060))
SAID = "What a lovely text, I read it on the train and laughed all the way to the sea."


def within(inner: str) -> tuple[str, int]:
    """What is read of this, within an article on a page, and how many boxes are taken out."""
    body = f"<article><h1>{TITLE}</h1>{PROSE}{inner}{MORE}<p>END.</p></article>"
    return main_content(f"<html><body><main>{body}</main></body></html>", URL, TITLE)


HEADED = """
Cookies|HTTP responses|Comments|Python comments|Replies|Informed consent|Consent|GDPR|Pingbacks
How to respond|Reply to Anna|Share prices|Sidebar|The sidebar|Newsletter|Social media|Footer
Navigation|Author bias|Hidden costs|Banner ads|Webmentions|Related work|Menu|Search|Tags
"""
SECTIONS = ['<section id="{}">', '<div id="{}" class="section level2">']


@pytest.mark.parametrize("opening", SECTIONS)
@pytest.mark.parametrize("heading", HEADED.replace("\n", "|").strip("|").split("|"))
def test_a_section_of_the_article_stays_whatever_its_heading(heading: str, opening: str):
    tag = opening[1:].split()[0]
    opened = opening.format(heading.lower().replace(" ", "-"))
    for told in (OWN, LONG):
        text, boxes = within(f"{opened}<h2>{heading}</h2><p>{told}</p></{tag}>")
        assert f"## {heading}\n\n{told}\n" in text
        assert text.endswith("END.") and not boxes


def test_a_section_of_sections_stays():
    inner = '<section id="python-comments"><h3>Python comments</h3><p>They cost nothing.</p>'
    text, _ = within(f'<section id="comments"><h2>Comments</h2>{inner}</section></section>')
    assert "## Comments\n\n### Python comments\n\nThey cost nothing.\n" in text


OWN_PARTS = [
    '<div class="reply"><p>{}</p></div>',
    '<div class="message reply"><p>{}</p></div>',
    '<div class="chat-comment"><p>{}</p></div>',
    '<div class="code-comments"><p>{}</p></div>',
    '<p class="reply">{}</p>',
    '<p class="comment">{}</p>',
    '<div class="tag-cookies category-newsletter"><p>{}</p></div>',
    '<div class="responses-of-plants"><p>{}</p></div>',
    '<div class="author-note"><p>{}</p></div>',
    '<div class="subscriber-only"><p>{}</p></div>',
    '<div class="elementor-widget elementor-widget-text-editor"><p>{}</p></div>',
    '<blockquote><p class="newsletter">{}</p></blockquote>',
    '<p>So <span class="menuselection">{}</span> it was.</p>',
    '<dl><dt>Then</dt><dd class="nav-text">{}</dd></dl>',
    '<div class="captioned-image-container"><figure><img src="a.png">'
    '<figcaption class="image-caption">{}</figcaption></figure></div>',
    '<div class="wp-caption"><img src="a.png"><p class="wp-caption-text">{}</p></div>',
]


@pytest.mark.parametrize("part", OWN_PARTS)
def test_an_authors_own_part_stays_whatever_its_name(part: str):
    text, boxes = within(part.format(OWN))
    assert OWN in text
    assert not boxes


def comment(place: int) -> str:
    return f'<li class="comment" id="comment-{place}"><article class="comment-body"><p>{SAID}</p>'


WORDPRESS = "".join(f"{comment(place)}</article></li>" for place in range(40))
ITEMS = f"<li><b>Anna</b>: {SAID}</li>" * 40
SITES = [
    f'<div id="comments" class="comments-area"><h2>3 thoughts</h2><ol>{WORDPRESS}</ol></div>',
    f'<ol class="comment-list">{WORDPRESS}</ol>',
    f"<div>{WORDPRESS.replace('<li', '<div').replace('</li', '</div')}</div>",
    f'<section id="comments"><h2>Comments</h2><ol>{WORDPRESS}</ol></section>',
    f'<section id="comments"><h2>Comments</h2><ol>{ITEMS}</ol></section>',
    f'<section id="comments"><h2>40 comments</h2><p>{SAID}</p><form><input></form></section>',
    f'<div id="disqus_thread"><ul>{ITEMS}</ul></div>',
    f'<div class="gh-comments gh-canvas"><h2>Discussion</h2><ul>{ITEMS}</ul></div>',
    f'<div class="comments-section"><div class="comment-list"><p>{SAID}</p></div></div>',
    f'<section class="webmentions" id="webmentions"><h2>Webmentions</h2><ul>{ITEMS}</ul></section>',
    f'<section id="webmentions"><h2>Webmentions</h2><p class="h-cite">{SAID}</p></section>',
    f'<div class="responses"><h2>Responses (3)</h2><p>{LONG}</p></div>',
    f'<div class="replies"><div class="reply"><p>{SAID}</p></div></div>',
    f'<div class="reply"><time>3 May</time><p>{SAID}</p></div>',
    '<div class="reply"><a href="#">Reply to this reader</a></div>',
    '<div id="cookie-law-info-bar">This website uses cookies. <a href="#">Accept</a></div>',
    '<div id="cookies"><h2>Cookies</h2><p>We use cookies. Is that well with you?</p></div>',
    f'<div id="onetrust-consent-sdk" role="dialog"><p>{LONG}</p></div>',
    '<section id="newsletter"><h2>Newsletter</h2><p>One mail a month.</p><form></form></section>',
    '<section id="related-posts"><h2>Related posts</h2><p><a href="/1">The goose</a></p></section>',
    '<div class="taboola"><p>You will never guess what she ate.</p></div>',
    '<ul class="tag-list"><li><a href="/1">flour</a></li><li><a href="/2">salt</a></li></ul>',
]


ALONE = [
    *(f'<p class="comment">{SAID}</p><p class="comment">{SAID} {n}</p>' for n in range(1)),
    "".join(f'<div class="timeline-comment"><p>{SAID} {n}</p></div>' for n in range(3)),
    f'<div id="commento"><div class="commento-card"><p>{SAID}</p></div></div>',
    f'<div class="giscus"><div><p>{SAID}</p></div></div>',
    f'<div class="cookie-notice"><p>We set cookies.</p><p>{LONG}</p></div>',
    f'<div id="gdpr-banner"><p>Which cookies may we set?</p><p>{LONG}</p></div>',
    '<div class="tag-newsletter"><p>One mail a month, and no more.</p></div>',
    '<div class="category-sidebar"><p>A list of what there is.</p></div>',
    '<div class="tag-share-bar"><p>Tell others of it.</p></div>',
    f'<div class="widget widget_text"><h4>About me</h4><p>{OWN}</p></div>',
    '<div class="kk-star-ratings"><p>5/5 (1 vote)</p></div>',
]


@pytest.mark.parametrize("box", [*SITES, *ALONE])
def test_what_readers_and_sites_wrote_goes_at_any_size(box: str):
    text, boxes = within(box)
    assert text == within("")[0]
    assert boxes


TOPICS = "post-12 category-dsgvo tag-cookies tag-consent tag-gdpr tag-comments tag-newsletter"


NAMES = """static-comments|section-comments|bluesky-comments|the-comments|c-comments|all-comments
CommentsSection|postComments|commentsWrapper|m-comment-list|replies-list|kommentare|commentaires
thread-comments|elementor-widget-post-comments|remark42__comments|mastodon-comments-list|bsky-replies"""


@pytest.mark.parametrize("name", NAMES.replace("\n", "|").split("|"))
def test_what_readers_wrote_goes_whatever_tool_named_it(name: str):
    said = "".join(
        f"<div><h4>Zed {n}</h4><p>{SAID} For the {n}th time.</p></div>" for n in range(3)
    )
    text, boxes = within(f'<div class="{name}"><h3>What they say</h3>{said}</div>')
    assert SAID not in text and boxes == 1


@pytest.mark.parametrize("name", ["has-comments", "single-with-comments", "code-comments"])
def test_a_part_that_is_said_to_have_comments_stays(name: str):
    assert OWN in within(f'<div class="{name}"><p>{OWN}</p></div>')[0]


@pytest.mark.parametrize(
    "page",
    [
        f'<header><h1>{TITLE}</h1></header><article class="{TOPICS} hentry">{{}}</article>',
        f'<article class="{TOPICS} hentry"><h1>What I really noted</h1>{{}}</article>',
        f'<h1>{TITLE}</h1><div class="{TOPICS} hentry">{{}}</div>',
        f'<h1>{TITLE}</h1><article class="post comments-open">{{}}</article>',
    ],
)
def test_an_article_stays_whatever_it_is_about(page: str):
    told = f'<div class="post-body">{PROSE}<p>{OWN}</p></div>'
    text, boxes = main_content(f"<html><body>{page.format(told)}</body></html>", URL, TITLE)
    assert OWN in text
    assert not boxes


def test_a_large_sidebar_is_left_to_trafilatura():
    bar = f'<div id="sidebar"><p>{LONG}</p></div>'
    body = f"<div><h1>{TITLE}</h1>{PROSE}{MORE}</div>{bar}"
    text, _ = main_content(f"<html><body>{body}</body></html>", URL, TITLE)
    assert "year 2000" not in text


@pytest.mark.parametrize(
    "name", ["post-", "wp-block-", "p_", "tag-", "comment", "section-", "-1", " ", "sect"]
)
def test_names_of_any_length_are_read_in_time(name: str):
    long = name * (200_000 // len(name))
    body = parsed(f"<section><h2>{long}</h2><p>{OWN}</p></section>")
    body[0].set("id", long)
    body[0].set("class", long + "!")
    started = time.perf_counter()
    is_box(body[0], [])
    is_address(body[0])
    assert time.perf_counter() - started < 2


SHARED = "https%3A%2F%2Fexample.org%2Fhere%2F"
LEADING_ON = [
    f'<ul><li><a href="https://x.com/intent/post?url={SHARED}">Tell them all on X</a></li></ul>',
    f'<p><a href="https://news.ycombinator.com/submitlink?u={SHARED}">Discuss it there</a></p>',
    '<p><a href="https://www.facebook.com/sharer.php">Click to share on Facebook</a></p>',
    '<p><a href="https://mastodon.social/share?text=Notes">Click to share on Mastodon</a></p>',
    '<h3>Blogroll</h3><ul><li><a href="https://b.example/">Notes of a baker</a></li>'
    '<li><a href="https://c.example/">Songs of a miller</a></li></ul>',
]


@pytest.mark.parametrize("links", LEADING_ON)
def test_links_by_which_readers_share_the_page_go_where_the_text_has_ended(links: str):
    body = f"<article><h1>{TITLE}</h1>{PROSE}{MORE}{links}</article>"
    text, _ = main_content(f"<html><body><main>{body}</main></body></html>", URL, TITLE)
    assert text.count("](") == 0


def test_the_authors_list_of_sources_stays_where_the_text_has_ended():
    links = '<ul><li><a href="https://b.example/share">How bread is shared</a></li></ul>'
    links = links.replace("/share", "/bread?page=2")
    body = f"<article><h1>{TITLE}</h1>{PROSE}{MORE}<h2>Sources</h2>{links}</article>"
    text, _ = main_content(f"<html><body><main>{body}</main></body></html>", URL, TITLE)
    assert "[How bread is shared](https://b.example/bread?page=2)" in text


LAYOUTS = """
has-sidebar|no-sidebar|with-toc|sidebar-none|newsletter-content|toc-content|js-toc-content|social
content-sidebar-wrap|post-content author-mara|container-nav-open|sticky-sidebar-content|like-post
comments-off|comments-none|content-and-comments|layout--comments|article-comments-wrapper
hentry disqus
"""
SHORT = """<p>The willow by the lock has been cut three times in my life, and it came back.</p>
<p>I go there when a sentence refuses to end. The keeper knows this, and he lets me be.</p>
<p>On the far bank there is a bench with a brass plate.</p>"""


@pytest.mark.parametrize("title", [TITLE, "", f"{TITLE} – A site of mine"])
@pytest.mark.parametrize("name", LAYOUTS.replace("\n", "|").strip("|").split("|"))
def test_a_short_article_stays_whatever_its_layout_is_called(name: str, title: str):
    footer = '<footer><p>All rights reserved.</p></footer><div class="sidebar"><p>On me.</p></div>'
    body = f'<h1>{TITLE}</h1><div class="{name}">{SHORT}</div>{footer}'
    text, _ = main_content(f"<html><body>{body}</body></html>", URL, title)
    assert text.endswith(SHORT.replace("<p>", "").replace("</p>", "").replace("\n", "\n\n"))


def test_a_long_article_stays_whose_parts_are_named_for_their_layout():
    parts = PROSE.replace("<p>", '<div class="social columns"><p>').replace("</p>", "</p></div>")
    text, _ = main_content(f"<html><body><h1>{TITLE}</h1>{parts}</body></html>", URL, TITLE)
    assert "On day 0 " in text and "On day 39 " in text


QUESTION = "Do you own a boat of your own?"
OPENED = [
    f'<h3><button>{QUESTION}</button></h3><div class="collapse" aria-hidden="true">{{}}</div>',
    f'<button aria-expanded="false">{QUESTION}</button><div role="region" hidden>{{}}</div>',
    f'<button aria-expanded="false">{QUESTION}</button><div hidden id="x">{{}}</div>',
    f'<div class="elementor-tab-title" role="button"><a>{QUESTION}</a></div><div>{{}}</div>',
    f'<div role="tabpanel" hidden><p>{QUESTION}</p>{{}}</div>',
]


@pytest.mark.parametrize("part", OPENED)
def test_what_opens_at_a_click_is_read(part: str):
    text, _ = within(part.format(f"<p>{OWN}</p>"))
    assert QUESTION in text and OWN in text


def test_the_button_of_a_menu_is_not_read():
    text, _ = within('<nav><button aria-expanded="false">Open the main menu</button></nav>')
    assert text == within("")[0]


def test_a_standfirst_in_the_header_stays_without_the_byline_and_the_banner():
    banner = '<figure><img src="a.png"><figcaption>A banner of this site.</figcaption></figure>'
    inner = f'<h1>{TITLE}</h1><p>{OWN}</p><p class="byline">By Mara</p>{banner}'
    body = f"<article><header>{inner}</header>{PROSE}</article>"
    text, _ = main_content(f"<html><body>{body}</body></html>", URL, TITLE)
    assert text.startswith(f"{OWN}\n\nOn day 0 ")


NAMED = """
bread-crumb|signup-story|newsletter-archive|share|social|skip|cta|sidebar|subscribe|newsletter
"""
SPOKEN = "I put the dough on the top shelf, and it rose, and I wrote that down before I went home. "
SPOKEN += "The next day I did the same again, and it did not rise at all."


@pytest.mark.parametrize("name", NAMED.replace("\n", "|").strip("|").split("|"))
def test_what_the_author_tells_amid_the_text_stays_whatever_its_class(name: str):
    text, boxes = within(f'<div class="{name}"><p>{SPOKEN}</p></div>')
    assert SPOKEN in text and not boxes


@pytest.mark.parametrize(
    ("name", "inner"),
    [
        ("newsletter", f"<p>I send a letter once a month. Subscribe and you get it. {SPOKEN}</p>"),
        ("newsletter", f'<p>{SPOKEN} <a href="/book">It is here.</a></p>'),
        ("newsletter-signup", "<p>Join 3,200 readers. I never spam.</p><input><button>Go</button>"),
        ("popup", f"<p>Wait! I have a gift. Close my window. {SPOKEN}</p>"),
        ("author-bio", f"<p>I am a baker in Leeds, and I write about bread. {SPOKEN}</p>"),
        ("cookie-notice", f"<p>My site sets cookies. That is how it is. {SPOKEN}</p>"),
        ("ads", f"<p>Try Acme Bank. It saved me 400 pounds. {SPOKEN}</p>"),
        ("share", "<p>Knives for home cooks, i.e. chefs. World War I. Yo-Yo Ma. Buy them.</p>"),
        ("sidebar", "<p>Hi, I'm Ann and this is my blog about bread.</p>"),
        ("cta", "<p>Want me to help you? Book a call with me today.</p>"),
        ("sponsor", "<p>Acme makes ovens. They are hot.</p>"),
    ],
)
def test_what_calls_sells_or_introduces_goes_though_someone_says_i(name: str, inner: str):
    text, boxes = within(f'<div class="{name}">{inner}</div>')
    assert boxes == 1 and text == within("")[0]


def test_the_article_s_own_opening_above_its_headline_stays():
    opening = f"<p>{SPOKEN}</p><p>{OWN} {OWN}</p>"
    page = f"<body><p>{SPOKEN}</p><article>{opening}<h1>{TITLE}</h1>{PROSE}</article></body>"
    text, _ = main_content(f"<html>{page}</html>", URL, TITLE)
    assert text.startswith(f"{SPOKEN}\n\n{OWN} {OWN}\n\nOn day 0") and text.count(SPOKEN) == 1


@pytest.mark.parametrize("tag", ["article", "main"])
@pytest.mark.parametrize(
    "inner",
    [
        '<p class="x">By Ines Okafor on 3 May 2024. 5 min read.</p>',
        f"<nav><p>{SPOKEN}</p></nav>",
        f'<p><a href="/">{SPOKEN}</a></p>',
        f'<div class="author-bio"><p>{SPOKEN}</p></div>',
        f"<figure><figcaption><p>{SPOKEN}</p></figcaption></figure>",
        f"<article><h2>Another one</h2><p>{SPOKEN}</p></article>",
        f"<h2>Another one</h2><p>{SPOKEN}</p>",
        "<p>You have 2 free member-only stories left this month.</p>",
        "<p>We rely on readers like you. Please consider a donation to keep us going.</p>",
        "<p>This article is more than two years old and may be out of date.</p>",
    ],
)
def test_what_a_site_puts_above_a_headline_goes(inner: str, tag: str):
    page = f"<body><{tag}>{inner}<h1>{TITLE}</h1>{PROSE}</{tag}></body>"
    assert main_content(f"<html>{page}</html>", URL, TITLE)[0].startswith("On day 0")


def test_what_only_screen_readers_say_goes():
    text, boxes = within('<p class="sr-only">You can skip to the content of the page now.</p>')
    assert boxes == 1 and "skip" not in text
