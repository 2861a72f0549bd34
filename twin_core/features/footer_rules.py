"""Patterns by which `footers` knows what publishing tools put around a text: each rule has a name.

Lower case, without Markdown's marks, straight apostrophes; English is here, `footer_phrases` has
the same of other languages. All take time linear in a block's length, or its square where it is
short.
"""

import re

from twin_core.features import footer_phrases as phrases

_ON = r"(?:on|via|by|to)"
_SITES = (
    r"(?:facebook|twitter|x|linkedin|reddit|e-?mail|whatsapp|telegram|mastodon|bluesky|"
    r"hacker ?news|pinterest)"
)
# Blocks of their own, by what they are.
_NETWORKS = (
    r"(?:twitter|x|linkedin|facebook|instagram|medium|mastodon|bluesky|github|youtube|tiktok|"
    r"substack|social media)"
)
_MINE = r"(?:my|our|the|this) (?:\w+ ){0,3}(?:newsletter|mailing list|blog|letter|list|substack)"
_CALLS = {
    "thanks for reading": (
        r"(?:thanks|thank you) (?:so much )?for (?:reading|subscribing|being here)\b[^.!?…]{0,80}"
        r"(?:[.!?…]+ .*(?:subscrib|support|share|newsletter|substack).*|"
        r"(?:\band|,|-|–|—) (?:please )?(?:share|subscrib|support (?:me|us|my|our)).*)"
    ),
    "reader-supported": (
        r".{1,80} is a (?:reader|community|listener)[- ]supported (?:publication|newsletter|"
        r"podcast)(?:[.!]|[.!] .*(?:subscrib|support|receiv|newsletter).*)?"
    ),
    "call to subscribe": (
        r"(?:.*[.!?:] )?subscribe (?:now |here |today )?(?:for free |below )?to (?:"
        r"(?:receive|get) (?:new|more|my|our|the|updates|every|each|an? e-?mail|e-?mails|notified|"
        r"future|weekly|exclusive|access|articles|posts)\b.{0,120}|"
        r"(?:read|unlock|have) .{0,60}(?:rest|full|whole|archive|posts?|articles?|inbox|delivered|"
        rf"reading)\b.{{0,60}}|{_MINE}\b.{{0,60}})|"
        r"(?:join (?=.{3,40}(?:newsletter|mailing list|substack)\b)|sign up (?:for|to) )"
        rf"{_MINE}\b"
        r"(?!,? (?:was|is|were|has|had|that|which|who)\b).{0,160}"
    ),
    "call to share": (
        r"(?:this|today's) (?:post|newsletter|episode|issue) is (?:public|free)\b.*share.*"
    ),
    "button": (
        r"(?:please )?(?:subscribe|sign up|share|tweet|unsubscribe|upgrade to paid|read more|"
        r"continue reading|leave a comment|view comments|refer a friend|give a gift subscription|"
        r"get the app|start writing|copy link|print|view in browser|view online|subscribed|"
        r"back to top|skip to content|start your substack|pledge your support|like|restack)"
        rf"(?: (?:now|here|for free|today|this|this post|this article))?[ .!→»]*|"
        rf"share (?:this (?:\w+ )?)?{_ON} {_SITES}"
    ),
    "newsletter's name": (
        r"(?:share|subscribe to|subscribe at|you're reading|already a subscriber\?|message) "
        r"(?:\S+ ){0,6}\S+(?:'s newsletter| newsletter|sign in)[.!]?"
    ),
    "form": (
        r"type your email(?: address)?[ .…:]*(?:subscribe|sign up)?[.!]?|"
        r"by (?:subscribing|signing up),? (?:you|i) (?:agree|consent|accept|confirm|acknowledge)"
        r"\b.{0,200}"
    ),
    "if you liked this": (
        r"if you(?:'ve| have)? (?:(?:enjoy|like|found|love)\w* (?:this|these|it|what|reading|my|"
        r"our|the (?:post|article|story|essay|piece|newsletter))\b|read this far|got this far)"
        r".{0,80}"
        r"\b(?:subscrib|follow me|sign(?:ing)? up|newsletter|clap|tap|hit the|buy me|"
        r"share (?:it|this)|sharing (?:it|this)|like button|heart|patreon|ko-fi).*"
    ),
    "follow me": (
        rf"(?:follow|find|connect with) (?:me|us) on {_NETWORKS}(?=$|[^\w ]| (?:and|or|for|to|"
        r"where|at|as|if|by|here|too)\b| [@(/|&–—-]| https?).{0,160}"
    ),
    "call to support": (
        r"become a (?:patron|paid subscriber|member)(?: (?:today|now|here|for \S+ ?\S*))?[.!→»]*|"
        r"(?:buy me a coffee|support me on|become a paid subscriber|"
        r"become a (?:patron|member) (?:to|and) (?:read|support|get|unlock)).{0,160}"
    ),
    "first published": (
        r"(?:this (?:post|article|story|essay|piece) (?:was|is|has been) )?(?:originally|first) "
        r"(?:published|posted|appeared) (?:at|on|in|by) (?:\S+\.\S+.{0,120}|"
        r"(?!\d)[^.,;:\d]{1,60}(?:,? (?:on )?[^.;:]{0,20}\d{4})?[.]?)"
    ),
    "picture credit": (
        r"(?:photo|image|cover image|header image)(?: credit)?(?: by|:) .{0,80}\b(?:unsplash|"
        r"pexels|pixabay|getty images|shutterstock)\b.{0,20}"
    ),
    "copyright": (
        r"(?:©|\(c\)|copyright (?:©|\(c\))) ?\d{4}.{0,120}|"
        r"copyright \d{4}(?: ?[-–] ?\d{4})?(?:,? (?:by )?(?!(?:was|is|were|has|had|law|acts?)\b)"
        r"\S+(?: \S+){0,3})?|"
        r"(?:(?:.{0,60}(?:©|\(c\)|copyright|\d{4}).{0,60} |\S+(?: \S+){0,2}[.,] )?all rights "
        r"reserved[.]?)"
    ),
    "way to unsubscribe": (
        r"(?:.*[.!?] )?(?:(?:you can|you may|to) (?:also |always )?)?unsubscribe(?:"
        r",? (?:here|now|any ?time|at any ?time|whenever|by|click|reply|visit|use|follow|"
        r"(?:in|with) (?:one|a single) click|"
        r"from (?:this|these|our|my|future|all) (?:e-?mails?|newsletters?|list|mailings?|messages?|"
        r"posts?|updates?))\b.{0,80})?[ .!→»]*|"
        r"(?:.*[.!?] )?click here to unsubscribe.{0,80}|"
        r"you(?:'re| are| have)? receiv(?:ing|ed) this (?:e-?mail|newsletter) because.*"
    ),
    "closing line": (
        r"(?:.*[.!?] )?forward (?:it|this)(?: \w+){0,2} to a (?:friend|colleague)[.!]*|"
        r"was this (?:e-?mail |newsletter |post )?forwarded to you\?.*|"
        r"did you (?:find this (?:helpful|useful)|enjoy this|like this).{0,40}\?.*\bshare.*|"
        r"(?:enjoyed|liked) this.{0,30}\? .*(?:coffee|subscrib|\bshar|support).*|"
        r"hit reply and (?:let me know|tell me).{0,80}|(?:thanks|thank you) for reading[.!]*|"
        r"this (?:post|article|page) (?:contains|may contain) affiliate links.{0,200}"
    ),
    "categories": (
        r"(?:posted|filed) (?:in|under):? .{1,100}|tags?: .{1,100}|tagged(?: (?:as|with))?: "
        r".{1,100}|categor(?:y|ies): .{1,100}"
    ),
    "page turner": (
        r"(?:[←«‹] ?)?(?:previous|prev|older)(?: post| article| entry)?[^.!?]{0,120}\b"
        r"(?:next|newer)(?: post| article| entry)?[^.!?]{0,80}[→»›]?"
    ),
    "counts": (
        rf"(?:\d+ (?:likes?|claps?|restacks?|shares?|{phrases.LIKES})[ ·∙•,|]*)+"
        rf"(?:\d+ (?:comments?|repl(?:y|ies)|responses?|{phrases.COUNTED}))?"
    ),
    "reading time": r"\d+ min(?:ute)?s? read",
}
# One of a bar, the longer forms first. Atomic: "share on x" read in two ways at each place would be
# tried in 2^n ways.
_SHARE = (
    rf"(?>(?:(?:share (?:this )?)?{_ON} {_SITES}|{phrases.SHARE}|share(?: this)?(?: on)?|"
    rf"tweet(?: this)?|post|{_SITES}|print|pocket|tumblr|copy link|"
    r"click to (?:share|email|print)[^|·•\n]*|\(opens in new window\))(?!\w))"
)
_CALLS["share bar"] = (
    rf"{_SHARE}(?:[\s:|·•,/]+{_SHARE})++[\s:|·•,/]*|"
    rf"share(?: this)?:(?:[\s|·•,/]*{_SHARE})*+[\s|·•,/]*"
)
assert phrases.CALLS.keys() <= _CALLS.keys()
CALLS = tuple(_CALLS)  # names of the rules for a block that stands alone
CALL = re.compile(
    "|".join(
        f"(?P<rule{number}>{'|'.join((pattern, *phrases.CALLS.get(name, ())))})"
        for number, (name, pattern) in enumerate(_CALLS.items())
    )
)

SHARING = re.compile(
    r"\b(?:share|sharing|tweet|print|e-?mail|copy link|teilen|drucken|partager|imprimer|compartir|"
    r"imprimir|enviar|envoyer)\b"
)
# Rules that no author's sentence falls under; the others count at a text's edges, or as a link.
ANYWHERE = {
    *("thanks for reading", "reader-supported", "form", "counts", "picture credit"),
    *("call to share", "newsletter's name"),
}
assert ANYWHERE < _CALLS.keys()

# What a block longer than a line has if it is any of these; polars looks for it.
CLUE = (
    r"(?i)subscri|newsletter|substack|share|sharing|sign(?:ing)? up|follow|patreon|ko-fi|clap|"
    r"heart|like button|tap |hit the|buy me|support me|become a|mailing list|published|posted|"
    r"appeared|forward|find this|thank|hit reply|affiliate|filed|tagged|categor|previous|older|"
    r"unsplash|pexels|pixabay|getty|shutterstock|©|\(c\)|copyright|rights reserved|your email|"
    r"find (?:me|us)|connect with|receiv|tweet|facebook|twitter|linkedin|reddit|continue reading|"
    rf"{phrases.CLUE}"
)

# What heads a part that runs to the next heading of its level or above, or to the end.
_COUNTED = rf"(?:comments?|responses?|repl(?:y|ies)|{phrases.COUNTED})"
COMMENTS_TITLE = re.compile(
    rf"\d+ (?:{_COUNTED}|thoughts on .*)|{_COUNTED} ?\(\d+\)|"
    r"(?:leave|post|write|add) a (?:comment|reply)|(?:reader|user|recent) comments|"
    r"discussion about this (?:post|podcast|video|episode)|join the (?:discussion|conversation)|"
    rf"ready for more\?|(?:discussion|webmentions|{_COUNTED})[:]?|{phrases.COMMENTS}"
)
# An author's word as well: only a tool's marks tell.
DISCUSSION = re.compile(
    r"(?:discussion|webmentions|responses?|repl(?:y|ies)|antworten|réponses?|respuestas?)[:]?"
)
COMMENTS_TOOL = re.compile(
    rf"\d+ (?:comments?|repl(?:y|ies)|{phrases.COUNTED})|{_COUNTED} ?\(\d+\)|{phrases.COMMENTS}|"
    r"(?:leave|post|write|add) a (?:comment|reply)|discussion about this .*|ready for more\?"
)
# Lines that a list of comments has; an article has one of them by chance, hardly two.
_NO_NAME = (
    r"(?![^\w\n]*(?:my|the|an?|our|his|her|their|he|she|they|we|i|it|one|every\w*|some\w*|no\w*|"
    r"who)\b)"
)
_MONTH = (
    r"(?:jan|feb|m[aä]r|apr|ma[iy]|jun|jul|aug|sep|o[ck]t|nov|de[cz]|janv|févr?|mars|avr|juin|juil|"
    r"août|déc|ene|abr|ago|dic)[a-zéû]{0,7}\.?"
)
_DATE = (
    rf"(?:{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?,? \d{{4}}|"
    rf"\d{{1,2}}\.? (?:de )?{_MONTH} (?:de )?\d{{4}}|"
    r"\d{4}-\d\d-\d\d|\d{1,2}[./]\d{1,2}[./]\d{2,4}|\d{4}年\d{1,2}月\d{1,2}日)"
)
ENTRY = re.compile(
    r"(?im)^[^\w\n]*(?:reply|like|report|permalink|expand full comment|edit|delete|"
    rf"{phrases.COMMENTING})[^\w\n]*$|"
    r"^.{0,60}\b\d+ ?(?:m|min|minutes?|h|hours?|d|days?|weeks?|months?|years?|yrs?) ago[^\w.\n]*$|"
    r"^.{0,60}\b\d{4},? at \d{1,2}[:.]\d\d.{0,20}$|^.{0,30}\bliked by\b|"
    rf"^.{{0,60}}(?:{phrases.AGO})[^\w.\n]*$|"
    rf"^[^\n.!?]{{1,50}}{_DATE}(?:[ ,]{{1,2}}(?:at |um |à |a las )?\d{{1,2}}[:.h]\d\d.{{0,8}})?"
    r"[^\w\n]*$"
)
SAYING = re.compile(  # as themes print it; an interview has the same
    rf"(?im)^{_NO_NAME}.{{0,60}}\b(?:says|said|wrote|writes|commented|{phrases.SAYS}) ?:?[^\w\n]*$|"
    rf"^{_NO_NAME}[^.!?:\n]{{1,40}} (?:says|wrote|{phrases.SAYS}) ?: "
)
NAMED = re.compile(  # under a title with a number, which no author gives
    r"(?m)^[^\w\n]{0,4}[A-ZÀ-Þ][\w.'-]{0,30}(?: [A-ZÀ-Þ][\w.'-]{0,30}){0,2}[^\w\n]{0,3}:"
    r"[^\w\n]{0,3}\s"
)
FORM = re.compile(  # what the form below them has
    r"(?im)^.{0,40}\byour email(?: address)? will not be (?:published|shown)|"
    r"^[^\w\n]*(?:your )?(?:name|e-?mail|website|comment)[^\w\n]{0,3}$|"
    r"^[^\w\n]*(?:sign|log) in to (?:comment|reply)\b"
)
AFTERWORDS_TITLE = re.compile(
    r"(?:related|recommended|popular|recent|latest|similar|more|other) (?:posts?|articles?|stories|"
    r"reading from .*)|you (?:might|may) also (?:like|enjoy)(?: (?:these|reading)\b.{0,40})?[:.…]*|"
    rf"(?:read|up) next|keep reading|{phrases.AFTERWORDS}"
)
MORE_TITLE = re.compile(r"more (?:from|by) .{1,60}")  # only over links
AFTERCALLS_TITLE = re.compile(
    r"share this(?: post| article| entry)?:?|"
    r"(?:subscribe|sign up)(?: (?:to|for) (?:my|our|this) .{1,60})?|stay (?:in touch|updated)|"
    rf"(?:join|get) (?:my|our|the) newsletter|newsletter|about the author|{phrases.AFTERCALLS}"
)
INVITING = re.compile(  # what a call says, which its title may only hint at
    r"(?i)\b(?:subscri\w+|sign(?:ing)? up|newsletter|inbox|e-?mails?|follow me|patreon|ko-fi|"
    r"mastodon|twitter|linkedin|rss|abonn\w+|suscr\w+|inscri\w+|boletín)\b"
)


def is_title(said: str) -> bool:
    """Whether a block may head a part that is no article's."""
    return bool(_TITLE.fullmatch(said))


_TITLES = (COMMENTS_TITLE, AFTERWORDS_TITLE, MORE_TITLE, AFTERCALLS_TITLE)
_TITLE = re.compile("|".join(title.pattern for title in _TITLES))
