"""Patterns of the single blocks that publishing tools put around a text, for `footers`: each rule
has a name. Those of whole parts are in `footer_parts`.

Lower case, without Markdown's marks, straight apostrophes; English is here, `footer_phrases` has
the same of other languages. All take time linear in a block's length, or its square where it is
short.
"""

import re
from collections.abc import Iterable

from twin_core.features import footer_names as names
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
_TOLD = (
    r"(?!.*\b(?:said|says|asked|asks|replied|told|wrote|thought|meant)\b)"  # not a call: a story
)
_HELP = (  # what a reader is asked to do
    r"(?:buy me an? \w+|(?:share|tweet|forward|pass|spread|recommend) (?:it|this|on|with|my|the "
    r"(?:post|article|link|word|love))\b(?! (?:with no|to no|among))|tell (?:a|your) friends?\b|"
    r"follow (?:(?:me|us)(?! (?:into|to|in|through|down|up|out|back)\b)|along|my|this blog|"
    r"for more|@)|subscrib|sign up|"
    r"support (?:me|us|my|our|this)\b|(?:tip|sponsor) me\b|"
    r"leave (?:me )?an? (?:tip|comment|review|clap|like)|join (?:my|our|the)\b|"
    r"(?:become|be) an? (?:patron|member|supporter|subscriber|sponsor)|"
    r"give it a (?:clap|like|share)|hit the (?:like|heart|subscribe|bell|button)|let me know|"
    r"check out my)"
)
_TEXT = (
    r"(?:articles?|posts?|essays?|story|stories|pieces?|newsletter|blog|issue|episode|page|"
    r"tutorial|"
    r"guide|content|read)"
)
_POLITE = (
    r"(?:(?:please|then|why not|consider|you can|you could|you may|feel free to|maybe|do|and)[ ,]+)"
    r"{0,3}"
)
_HELPING = (  # the same after "consider"
    r"(?:buying me an? \w+|sharing (?:it|this)|following me|subscribing|signing up|"
    r"supporting (?:me|us|my|our|this)|(?:tipping|sponsoring) me|leaving (?:me )?an? \w+|"
    r"becoming an? )"
)
_PREFERENCES = r"(?:update|manage|change|edit) your (?:\w+ )?(?:preferences|subscription|settings)"
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
        r"(?!,? (?:was|is|were|has|had|that|which|who)\b).{0,160}|"
        r"join (?:over |more than )?\d[\d.,]*(?:k\b|m\b)?\+?(?: (?:other|happy|fellow))? "
        r"(?:subscribers|readers)(?: (?:today|now|here|for free))?[ .!→»]*"
    ),
    "call to share": (
        r"(?:this|today's) (?:post|newsletter|episode|issue) is (?:public|free)\b.*share.*"
    ),
    "button": (
        r"(?:please )?(?:subscribe|sign up|share|tweet|unsubscribe|upgrade to paid|read more|"
        r"continue reading|leave a comment|view comments|refer a friend|give a gift subscription|"
        r"get the app|start writing|copy link|print|subscribed|"
        r"view (?:in (?:your )?browser|online)|(?:view|read|open) (?:this|the) (?:e-?mail|"
        r"newsletter|issue) (?:in (?:your|the|a) browser|online)|"
        r"back to top|skip to content|start your substack|pledge your support|like|restack)"
        r"(?: (?:now|here|for free|today|this|this post|this article))?[ .!→»]*|"
        r"view all posts(?: by .{1,40})?|edit this page(?: on \w+)?|"
        r"(?:subscribe|follow)(?: to (?:this|my|the) (?:blog|site|feed))? (?:via|by|with|using|"
        r"through|"
        r"to|on) (?:the )?(?:rss|atom|json|e-?mail)(?:(?:,| or| and|/| /) (?:rss|atom|json|"
        r"e-?mail))?"
        r"(?: feed)?[ .!→»]*|"
        r"subscribe to (?:my|our|the|this) (?:(?:rss|atom) )?feed[.!]*|"
        r"(?:please )?like(?:, share,?)? and (?:subscribe|share)[.!]*|"
        rf"share (?:this (?:\w+ )?)?{_ON} {_SITES}[.!]*"
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
        r"share (?:it|this)|sharing (?:it|this)|like button|heart|patreon|ko-fi).*|"
        r"if you(?:'ve| have)? (?:enjoyed|liked|loved|found) (?:this|these|it|my|our|the)"
        rf"(?: {_TEXT}| work| writing)?(?: helpful| useful| interesting| valuable)?,? "
        r"(?:please |do |then )?consider buying me an? \w+(?: (?:on|via) [\w-]+)?\W*"
    ),
    "follow me": (
        rf"(?:you can (?:also )?)?(?:follow|find|connect with) (?:me|us) on {_NETWORKS}(?=$|"
        rf"[^\w ]| (?:and|or|for|to|"
        r"where|at|as|if|by|here|too)\b| [@(/|&–—-]| https?).{0,160}"
    ),
    "call to support": (
        r"become a (?:patron|paid subscriber|member)(?: (?:today|now|here|for \S+ ?\S*))?[.!→»]*|"
        r"(?:support me on|become a paid subscriber|"
        r"become a (?:patron|member) (?:to|and) (?:read|support|get|unlock)).{0,160}|"
        rf"{_TOLD}(?:[^\w\s]{{1,3}} )?{_POLITE}(?:buy(?:ing)? me a (?:coffee|beer|tea|book|ko-?fi)|"
        r"(?:tip(?:ping)?|sponsor(?:ing)?) me|leav(?:e|ing) (?:me )?a tip|"
        r"support(?:ing)? (?:me|my (?:work|writing)|this (?:blog|site|newsletter|work|podcast)))"
        r"(?:[ .!→»:]*|(?: or (?!leave)| and | on (?!the )| via | at | with an? | here\b| if |"
        r" by (?:becom|buy|sharing|subscrib)| through (?!the )| to (?:help|support|keep)\b|[.!:] )"
        r"(?!(?:i|you|he|she|we|they)\b|you'll\b).{0,140})"
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
        r"(?:.*[.!?] )?unsubscribe:? https?://\S+|"
        r"you(?:'re| are| have)? receiv(?:ing|ed) this (?:e-?mail|newsletter) because.*|"
        r"you(?:'re| are) (?:receiving|getting) this because you(?:'ve| have)? (?:subscribed|"
        rf"signed up|opted in|registered)(?: (?:at|on|via|through) \S+\.\w\S*| (?:to|for) "
        rf"{_MINE})?[.]?|"
        r"our mailing address is: (?=.*\d).{1,160}|"
        rf"want to change how you receive these e-?mails\? (?:you can )?{_PREFERENCES}.{{0,80}}|"
        rf"(?:you can )?{_PREFERENCES} or unsubscribe\b.{{0,80}}|"
        r"(?:update|manage|change) your (?:e-?mail |newsletter |subscription )(?:preferences|"
        r"settings)[ .!→»]*"
    ),
    "closing line": (
        r"(?:.*[.!?] )?forward (?:it|this)(?: \w+){0,2} to a (?:friend|colleague)[.!]*|"
        r"was this (?:e-?mail |newsletter |post )?forwarded to you\?.*|"
        rf"{_TOLD}(?:(?:did|have|do) you )?(?:(?:enjoy|like|love)(?:ed|"
        rf"d)? (?:what you \w+[^.!?]{{0,20}}|"
        rf"reading[^.!?]{{0,30}}|(?:this|these|it|my|our|the)(?: {_TEXT}| (?:work|writing))?)|"
        r"(?:found|find) (?:this|it)\b.{0,20} (?:helpful|useful|interesting|valuable))"
        rf"\?[!?]* {_POLITE}(?:{_HELP}|{_HELPING}).{{0,160}}|"
        rf"{_TOLD}(?:found a (?:typo|mistake)|got a question|(?:any|have a|have any) questions?|"
        r"want to (?:hear|read|know|see) more|want more)\?[!?]* "
        rf"{_POLITE}(?:{_HELP}|(?:ask|e-?mail|tell|write to) me\b(?! (?:of|in|any))|"
        rf"edit this page).{{0,80}}|"
        r"if you have (?:any )?(?:questions|comments|feedback|thoughts)(?: or \w+)?,? (?:please |"
        r"feel free to |you can ){0,2}(?:(?:e-?mail|contact|message) (?:me|us)|write (?:to )?me|"
        r"reach out)\b[^.!?]{0,60}[.!]*|"
        r"(?:what do you think\? )?(?:(?:please )?let me know (?:what you think |your thoughts )?"
        r"in the comments(?: below| section)*|leave a comment(?: below)?)[.!]*|"
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
    "reading time": (
        rf"(?:(?:(?:written |posted )?by [^.!?,]{{1,40}}|{names.DATE})(?: ?[,·•|–—-] ?| )){{0,2}}"
        r"\d+ min(?:ute)?s? (?:read|reading time)[.]?|"
        r"(?:estimated )?reading time:? \d+ min(?:ute)?s?"
    ),
    "licence": (
        rf"(?:{names.WORK} )?(?:(?:is|are) )?(?:licen[sc]ed|available|released|published|shared)?"
        rf" ?(?:under|with)? ?(?:an? |the )?{names.LICENCE}|licen[sc]e: ?{names.LICENCE}"
    ),
    "tool's name": (
        r"(?:(?:this|my|the) (?:site|blog|website|page|newsletter) (?:is|was) )?(?:proudly )?"
        r"(?:powered|built|made|generated|published|hosted|created|delivered|sent)"
        rf" (?:by|with|on|using|via|through) {names.TOOLS}|theme(?: by|:) {names.TOOLS}"
    ),
    "way to reply": (
        r"(?:[^\w\s]{1,3} ?)?(?:reply|respond|comment)(?: to (?:me|this(?: \w+)?))? (?:via|by|"
        r"through) (?:e-?mail|mail)[ .!→»]*|"
        rf"(?:discuss|comment|reply|upvote)(?: (?:this|it)(?: post| article)?)? {_ON} {_SITES}"
        r"[ .!→»]*|"
        r"(?:questions|comments|thoughts|feedback)(?:,? (?:or |and )?(?:questions|comments|"
        r"thoughts|"
        r"feedback)){0,2}\? (?:please )?(?:(?:e-?mail|write|message|reply)(?: to)? (?:me|us)\b|"
        r"(?:send|drop) (?:me|us) (?:an? )?(?:e-?mail|message|note|line)\b|reply (?:on|via|"
        r"by)\b).{0,60}"
    ),
    "dateline": (
        r"(?:this (?:post|article|page) was )?(?:last |first )?(?:updated|modified|edited|"
        rf"published|posted|changed)(?: on|"
        rf":)? {names.DATE}(?:,? (?:at )?\d{{1,2}}[:.]\d\d.{{0,10}})?[.]?"
    ),
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


def _any_of(names: Iterable[str]) -> re.Pattern[str]:
    """Which of these rules a block falls under: its group is `rule` and the rule's number."""
    numbers = {name: number for number, name in enumerate(_CALLS)}
    return re.compile(
        "|".join(
            f"(?P<rule{numbers[name]}>{'|'.join((_CALLS[name], *phrases.CALLS.get(name, ())))})"
            for name in names
        )
    )


CALL = _any_of(_CALLS)
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
CALL_ANYWHERE = _any_of(name for name in _CALLS if name in ANYWHERE)

# What a block longer than a line has if it is any of these; polars looks for it.
CLUE = (
    r"(?i)subscri|let me know|found a|question|licen[sc]|creative commons|powered|e-?mail me|"
    r"tip me|sponsor|consider|"
    r"newsletter|substack|share|sharing|sign(?:ing)? up|follow|patreon|ko-fi|clap|"
    r"heart|like button|tap |hit the|buy me|your browser|mailing address|your preferences|"
    r"support me|become a|mailing list|published|posted|"
    r"appeared|forward|find this|thank|hit reply|affiliate|filed|tagged|categor|previous|older|"
    r"wa\.me/|whatsapp|t\.me/|mailto:\?|pocket|"
    r"unsplash|pexels|pixabay|getty|shutterstock|©|\(c\)|copyright|rights reserved|your email|"
    r"find (?:me|us)|connect with|receiv|tweet|facebook|twitter|linkedin|reddit|continue reading|"
    rf"{phrases.CLUE}"
)
