"""What the class, id and role of an element say that it is, as sites and their tools name them."""

import re

# Tools that sites leave readers' comments to.
_HOSTS = (
    r"(?:cactus|commentics|commento|cusdis|disqus|fastcomments|giscus|gitalk|gitment|graphcomment|"
    r"hypercomments|hyvor|intensedebate|isso|livefyre|remark42|spot-?im|staticman|talkyard|twikoo|"
    r"utterances|valine|waline)(?![a-z])"
)
# What readers wrote, and where they write it: a class or id that begins so, as sites name it.
READERS = re.compile(
    r"(?<!\S)(?:(?:app|article|blog|entry|fb|gh|js|node|p|page|post|reader|site|story|u|user|"
    r"wp|wp-block)[-_]+)*(?:comments?(?![a-z]|[-_]+(?:open|closed|enabled|disabled|none|off))|commentlist|"
    rf"{_HOSTS}|(?:respond|responses|replies)(?!\S)|(?:webmentions?|trackbacks?|pingbacks?)(?![a-z]))|"
    # in one word, and in other languages,
    r"(?<!\S)(?:(?:article|blog|m|page|post|u)[-_]*)?(?:comments?|repl(?:y|ies)|responses?)[-_]*"
    r"(?:list|section|thread|wrapper)(?![a-z])|(?<!\S)(?:article|blog|page|post)comments(?![a-z])|"
    r"(?<!\S)(?:comentarios?|commentaires?|kommentare?)(?!\S)|"
    # or of another tool's: several of them, but not notes on code, nor what a page says it has
    r"(?<!\S)(?!(?:allow|chat|code|has|hide|inline|no|show|with)[-_]|\S{0,40}[-_](?:has|no|with)[-_])"
    r"[a-z][a-z\d]{0,30}(?:[-_]{1,2}[a-z\d]{1,30}){0,4}?[-_]{1,2}(?:comments|replies)"
    r"(?:[-_](?:area|container|list|section|wrapper))?(?!\S)"
)
# One reader's, where more stand beside it; a conversation in the text is named so, too.
ONE_READERS = re.compile(r"(?<!\S)(?!(?:chat|code|inline)[-_])[a-z]{2,30}[-_]{1,2}comment(?!\S)")
# Words for what readers wrote that an author's own parts have, too: notes on code, a conversation.
ANSWERS = re.compile(r"(?<![a-z])(comments?|respond|repl(y|ies)|responses)(?![a-z])")
CITED = re.compile(r"(?<!\S)(?:h-cite|vcard)(?!\S)")
CONSENT = re.compile(r"(?<![a-z])(cookies?|consent|gdpr|onetrust)(?![a-z])")
# Those that ask for it at any length: a dialog, or one of these about cookies.
DIALOG = re.compile(r"(?<![a-z])(onetrust|dialog|alertdialog)(?![a-z])")
ASKS = re.compile(
    r"(?<![a-z])(banner|bar|borlabs|cmplz|consent|gdpr|info|law|modal|notice|overlay|popup|"
    r"preferences|settings|usercentrics)(?![a-z])"
)
# Boxes around an article, by words of their class, id and role.
BOX = re.compile(
    # not those that an element is said to have or lack (`has-sidebar`, `sidebar-none`)
    r"(?<![a-z])(?<!has-)(?<!no-)(?<!with-)(?<!without-)"
    r"(?!(?!sr-only)[a-z]{1,20}-(?:none|off|disabled|note|only)(?!\S))(ads?|advert\w*|akismet|alertdialog|author|bio|bread-?crumbs?|buttons?|byline|"
    r"claps|complementary|contentinfo|cta|dateline|footer|likes?|masthead|"
    r"modal|nav|navbar|navigation|newsletter|no-?comments|no-?print|outbrain|pager|pagination|"
    r"paginav|permalink|popup|prev|promo\w*|reactions?|read-more|"
    r"robots-nocontent|screen-reader-text|share\w*|sharing|sidebar|sign-?up|skip|social|"
    r"sociable|speechify-ignore|sponsor\w*|sr-only|subscri\w+|syndication|table-of-contents|"
    r"taboola|timestamp|toc|upvote|visually-hidden|votes?|webring|"
    r"widget-area|(?<=widget )widget_[a-z]\w*)(?![a-z])"
)
# An author who tells something; and of these boxes, those whose words are none of that.
TELLING = re.compile(r"(?<![\w’'.])(?:I(?![\w.])|[Ii]ch(?!\w)|[Jj](?:e(?!\w)|['’])|[Yy]o(?!\w))")
NEVER_TOLD = re.compile(
    r"(?<![a-z])(ads?|advert\w*|author|bio|byline|modal|paywall|popup|promo\w*|screen-reader-text|"
    r"dialog|sponsor\w*|sr-only|table-of-contents|toc|visually-hidden|widget_\w+)(?![a-z])"
)
# Words that an author's own parts have, too: what is named so must also look so.
TEASERS = re.compile(r"(?<![a-z])(popular|recent|recommended|related\w*|teasers?)(?![a-z])")
LISTED = re.compile(
    r"(?<![a-z])(follow(?!-up)|menu|search|tags|tag-(?:cloud|links?|list)|widget)(?![a-z])"
)
STAMPED = re.compile(
    r"(?<![a-z])(banner|credit|date|ratings?|user-(?:info|profile)|"
    r"(?:(?:article|author|blog|content|entry|footer|header|item|"
    r"news|node|page|post|single|story)[-_]+|(?<![\w-]))meta)(?![a-z])"
)
# What opens at a click.
OPENED = re.compile(
    r"(?<![a-z])(accordion|collapse|collapsible|disclosure|faq|region|tab-?panel|"
    r"tab-title|toggle)"
)
DISCUSSION = re.compile(r"(?<![a-z])discussion(?![a-z])")
# What these name is what an article is about, and says nothing about what an element is.
TOPIC = re.compile(r"(?<!\S)(?:tag|category)-(?!(?:cloud|links?|list)(?!\S))\S+")
# Classes of an entry, which themes give its topics, too.
ENTRY = re.compile(
    r"(?<!\S)(?:h-?entry|entry|gh-\S+|post(?:-\d+|-card\S*|-template)?|single\S*|"
    r"(?:format|status|type)-\S+)(?!\S)"
)
# How generators mark the sections that they make from headings, besides by the tag.
SECTION = re.compile(r"(?<![a-z])(section|level-?\d|outline-\d|sect\d)(?![a-z])")
