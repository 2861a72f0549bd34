"""Links by which a reader hands an article on, of any network, as a share bar in Markdown has them.

What a network's own help names as the address that posts, sends or saves.
"""

import re

from twin_core.features.footer_phrases import SHARE as OTHERS

NETWORKS = (
    r"(?:facebook|twitter|x|linkedin|reddit|(?:e-?)?mail|whatsapp|telegram|mastodon|bluesky|threads|"
    r"hacker ?news|pinterest|tumblr|pocket|instapaper|lobsters|messenger|signal|xing|viber|line|"
    r"vk|flipboard)"
)
# Each ends where what is handed on begins.
_ADDRESS = (
    r"(?:(?:https?://)?(?:www\.|m\.|web\.)?(?:"
    r"wa\.me/?\?text=|(?:api\.|web\.)?whatsapp\.com/send/?\?text=|"
    r"(?:twitter|x)\.com/(?:intent/(?:tweet|post)/?\?|share\?|home\?status=)|"
    r"facebook\.com/(?:sharer(?:/sharer)?(?:\.php)?\?|share\.php\?|dialog/(?:feed|send|share)\?)|"
    r"linkedin\.com/(?:shareArticle|sharing/share-offsite/?|cws/share)\?|"
    r"(?:old\.)?reddit\.com/(?:r/\w{1,30}/)?submit\?|news\.ycombinator\.com/submitlink\?|"
    r"t(?:elegram)?\.me/share/url\?|(?:\w{2,9}\.)?pinterest\.\w{2,3}/pin/create/\w{1,9}/?\?|"
    r"bsky\.app/intent/compose\?|threads\.(?:net|com)/intent/post\?|"
    r"tumblr\.com/(?:widgets/)?share(?:/tool)?[/?]|getpocket\.com/(?:save|edit)\?|"
    r"instapaper\.com/(?:edit|hello2)\?|lobste\.rs/stories/new\?|addtoany\.com/(?:add_to/|share)|"
    r"xing\.com/(?:spi/shares/new|app/user)\?|vk\.com/share\.php\?|buffer\.com/add\?|"
    r"(?:tootpick\.org/|toot\.kytta\.dev/?|mastodonshare\.com/?)[#?]text=)|"
    r"(?:whatsapp|viber)://(?:send|forward)\?text=|"
    r"mailto:(?![^\s()<>]*[?&;](?:to|cc|bcc)=[^&\s()<>])\?)"
)
_REST = r"[^\s()<>\[\]]*+"
# Of a server that its readers choose: told by the link's name as well.
_ANY_SERVER = r"https?://[\w.-]{1,60}/share\?(?:text|url)="
_LABEL = r"(?<!!)\[((?:!\[[^\[\]\n]{0,200}\]\([^()\n]{0,1000}\)|[^\[\]\n]){0,300}+)\]"
_NAMED = re.compile(
    # `#`: where a button leads that a script makes work.
    rf"(?i){_LABEL}\([ ]?<?(?:(?:{_ADDRESS}|{_ANY_SERVER}){_REST}|\#)>?"
    rf"(?: \"[^\"\n]{{0,200}}\")?\)"
)
_BARE = re.compile(rf"(?i)<{_ADDRESS}[^\s<>]*[^\s<>=.]>|(?<![\w/.@(]){_ADDRESS}{_REST}(?<![=.])")
_IMAGE = re.compile(r"!\[([^\[\]\n]*)\]\([^()\n]*\)")
_SAYING_SO = (
    rf"(?:(?:share (?:this )?)?(?:on|via|by|to|with|in) {NETWORKS}|{OTHERS}|tweet(?: this)?|"
    rf"share(?: (?:this|it))?(?: (?:post|article|page|entry))?(?: on)?|{NETWORKS}|post|send|print|"
    r"save|copy(?: link)?|tell (?:a|your) friends?|spread the word|pass it on)"
)
_BESIDE = (
    r"(?:or|oder|ou|o|and|und|et|y|this|article|post|page|with|your|friends|click(?: here)? to)"
)
_WORDS = re.compile(rf"[\W_]*+(?:(?>(?:{_SAYING_SO}|{_BESIDE})(?!\w))[\W_]*+)*+")


def hands_on(piece: str) -> bool:
    """Whether a block of Markdown is such links, with no words in them and beside them but those
    that say so. Addresses without a name are one line; more of them are a list of an author's."""
    if "`" in piece:
        return False  # an author's example
    rest, named = _NAMED.subn(lambda link: " " + _IMAGE.sub(r"\1", link[1]) + " ", piece)
    rest, bare = _BARE.subn(" ", rest)
    if bare and "\n" in piece.strip() or not named + bare or not _leads_out(piece):
        return False
    return _WORDS.fullmatch(" ".join(rest.lower().split())) is not None


def _leads_out(piece: str) -> bool:
    return re.search(rf"(?i){_ADDRESS}|{_ANY_SERVER}", piece) is not None
