"""Links by which a reader hands an article on, of any network, as a share bar in Markdown has them.

What a network's own help names as the address that posts, sends or saves; lower case throughout.
"""

import re

from twin_core.features.footer_phrases import SHARE as OTHERS

NETWORKS = (
    r"(?:facebook|twitter|x|linkedin|reddit|e-?mail|whatsapp|telegram|mastodon|bluesky|threads|"
    r"hacker ?news|pinterest|tumblr|pocket|messenger|signal|xing|viber|line|vk|flipboard)"
)
_ADDRESS = (
    r"(?:(?:https?://)?(?:www\.|m\.|web\.)?(?:"
    r"wa\.me/?\?text=|api\.whatsapp\.com/send/?\?text=|web\.whatsapp\.com/send/?\?text=|"
    r"whatsapp\.com/send/?\?text=|(?:twitter|x)\.com/(?:intent/(?:tweet|post)|share\b|home\?status)|"
    r"facebook\.com/(?:sharer|share\.php|dialog/(?:feed|send|share))|"
    r"linkedin\.com/(?:shareArticle|sharing/share-offsite|cws/share)|"
    r"(?:old\.)?reddit\.com/(?:r/\w+/)?submit\?|news\.ycombinator\.com/submitlink|"
    r"t(?:elegram)?\.me/share|(?:\w+\.)?pinterest\.\w+/pin/create|bsky\.app/intent/compose|"
    r"threads\.(?:net|com)/intent/post|tumblr\.com/(?:widgets/)?share|getpocket\.com/(?:save|edit)|"
    r"xing\.com/(?:spi/shares|social_plugins/share|app/user\?op=share)|vk\.com/share|"
    r"buffer\.com/add|flipboard\.com/.{0,20}share|mastodonshare\.com/|toot\.kytta\.dev/|"
    r"[\w.-]+/share\?(?:text|url)=)|"
    r"(?:whatsapp|viber|fb-messenger)://\w*|mailto:\?)[^\s()<>\[\]]*"
)
_LABEL = r"\[((?:!\[[^\[\]\n]{0,200}\]\([^()\n]{0,1000}\)|[^\[\]\n]){0,300}+)\]"
_LINK = re.compile(
    rf"(?i)!?{_LABEL}\([ ]?<?{_ADDRESS}>?(?: \"[^\"\n]{{0,200}}\")?\)|"
    rf"<{_ADDRESS}>|(?<![\w/.@]){_ADDRESS}"
)
_IMAGE = re.compile(r"!\[([^\[\]\n]*)\]\([^()\n]*\)")
_WORD = (
    rf"(?>(?:(?:share (?:this )?)?(?:on|via|by|to|with|in) {NETWORKS}|{OTHERS}|tweet(?: this)?|"
    rf"share(?: (?:this|it))?(?: (?:post|article|page|entry))?(?: on)?|{NETWORKS}|post|send|print|"
    r"copy link|tell (?:a|your) friends?|spread the word|pass it on|"
    r"or|oder|ou|o|and|und|et|y)(?!\w))"
)
_ELSE = re.compile(rf"[\W_]*+(?:{_WORD}[\W_]*+)*+")
_SAYING_SO = re.compile(rf"(?<!\w){_WORD}")
_MOST_WORDS = 8  # of a link's name; more are a sentence to be quoted


def hands_on(piece: str) -> bool:
    """Whether a block of Markdown is such links, with no words beside them but those that say
    so."""
    if "`" in piece:
        return False  # an author's example
    rest, links = _LINK.subn(_unless_it_says_so, piece)
    return bool(links) and _ELSE.fullmatch(" ".join(rest.lower().split())) is not None


def _unless_it_says_so(link: re.Match[str]) -> str:
    """Nothing, or the name of a link that is a sentence of the author's."""
    name = _IMAGE.sub(r"\1", link[1] or "").lower()
    words = len(name.split())
    return " " if words < 2 or words <= _MOST_WORDS and _SAYING_SO.search(name) else f" {name} "
