"""The words with which a question says what it does not want, in the four languages."""

DENIALS = {
    "english": r"not|never|no|none|nothing|nobody|neither|nor|cannot|nowhere|"
    r"\w{1,9}n['’]t|(?:do|does|did|is|are|was|were|should|would|could|have|has|had)nt",
    "german": r"nicht|nichts|nie|niemals|nirgends|nirgendwo|kein\w{0,2}|weder",
    # `ne` is a denial of its own, but for `ne … que`, which means only.
    "french": r"pas|jamais|rien|aucune?|ni|"
    r"ne(?=\s+(?!(?:(?!(?:ce|plus|pas|rien)\b)[\w'’-]+\s+){1,3}qu[e'’]))|"
    r"(?<!['’])n['’](?!(?:(?!(?:ce|plus|pas|rien)\b)[\w'’-]+\s+){1,3}qu[e'’])\w[\w'’-]*",
    "spanish": r"nunca|jamás|nada|tampoco|ningun[oa]?|ningún",
}
# Words before what is left out.
EXCEPT = {
    "english": r"except(?:ing|ions?)?|besides|without|unless|(?:rather|other)\s+than|apart|aside|"
    r"instead\s+of|barring|(?:save|but)\s+for|outside(?!\s+(?:in|on|at|during|since)\b)|minus(?!\s+signs?\b)|unlike|"
    r"bar(?=\s+(?:those|the\s+ones|what|anything|posts|articles|essays|\d{4}))|opposed\s+to|"
    r"different\s+(?:from|than|to)|"
    r"(?:all|everything|anything|everyone|(?:any|every|no)where)\s+but",
    "german": r"außer|ausser|ohne|(?:an)?statt|anstelle|abgesehen|ausgenommen|ausnahmen?|"
    r"bis\s+auf|jenseits|abzüglich",
    "french": r"sauf|hormis|hors|excepté\w{0,2}|sans|au\s+lieu\s+d[eu]s?|"
    r"(?:mis(?:es?)?\s+)?à\s+part|"
    r"en\s+dehors\s+d\w{1,2}|plutôt\s+qu\w{0,2}|contrairement|différente?s?\s+d\w{1,2}",
    "spanish": r"except(?:o|uando)|excepci[oó]n|salvo|(?<!\bal\s)(?<!\blo\s)menos|"
    r"sin(?!\s+(?:in|from|on|since|and|or)\b)|aparte|fuera|"
    r"en\s+(?:vez|lugar)\s+del?|(?:distint|diferente)[oa]?s?\s+(?:del?|al?)",
}
# Verbs of leaving out, in the forms of a wish, and as participles.
LEAVING_OUT = {
    "english": r"hid(?:e|es|den|ing)|exclud\w*|exclusions?|excl|omit\w*|skip(?:s|ped|ping)?|"
    r"ignor(?:e|es|ed|ing)|drop(?:s|ped|ping)?|disregard\w*|forget(?:ting)?|avoid\w*|"
    r"remov(?:e|es|ed|ing)|eliminat\w*|delet(?:e|es|ed|ing)|discard\w*|suppress\w*|reject\w*|"
    r"stop\s+(?:show|giv|send|quot|cit)\w*|spare\s+(?:me|us)|"
    r"(?:enough|tired|sick|bored)\s+(?:of|with)|"
    r"(?:left|filtered|cut|ruled|taken|thrown|screened|weeded|sorted|leaving|leave)\s+(?:out|aside)|"
    r"bor(?:es?|ed|ing)|get\s+rid|dislike|hate|refuse|uninterest\w*|irrelevant|unwanted|can\s+go(?=\s*(?:[.!;:,]|$))|pass\s+on|lose\s+the",
    "german": r"\w*blend(?:e|en|et)|ausgeblendet\w*|(?:ignorier|übersp[ri]+ng|übersprung)\w*|"
    r"übergeh(?:e|en|t)|weg(?:zu)?lass\w*|weggelassen\w*|aus(?:zu)?lass\w*|ausgelassen\w*|"
    r"(?-i:weg)|ausschl(?:ie|o)(?:ß|ss)\w*|ausgeschlossen\w*|ausschluss|ausgeklammert\w*|"
    r"aus(?:klammer|spar|sortier)\w*|ausgespart\w*|(?:he)?rausfilter\w*|"
    r"(?:he)?r?aus(?:ge)?filtert?\w*|versteck\w*|verberg\w*|verbirg|verborgen|"
    r"entfern(?:e|en|t)|lösch\w*|streich(?:e|en|t)?|gestrichen|vergiss|vergesst|vermeide\w*|"
    r"verzicht\w*|unterdrück\w*|verschon\w*|uninteressant\w*|egal",
    "french": r"cach(?:e[rz]?|ées?|és?)(?:-\w+)?(?=\s+(?:moi|les|tous|toutes|tes|vos|ces?|ceux|"
    r"celles|tout|la|le|mes)\b|\s*$|\s*[.!?]|\s+l['’])|masqu(?:e[rz]?|ées?|és?|ons)|"
    r"exclu(?:s|e|es|re|ez|ons|ent|ant)?|omet\w*|omis\w*|écart(?:e[rz]?|ées?|és?)|retirée?s?|"
    r"enl[eè]v\w*|supprim\w*|élimin\w*|(?:saute|retire)[rz]?(?:-\w+)?\s+(?:l[ea]s?|l['’]|tous|"
    r"toutes|t[ae]s?|vos|ce\w*|tout)|oubli(?:e[rz]?|ées?|és?)|"
    r"évit(?:e[rz]?|ées?|és?)|rejet\w*|ignoré\w*|inintéressant\w*|de\s+côté|(?:m|nous)['’\s]+en\s+pass\w+",
    "spanish": r"(?:ocult|escond|omit|elimin|descart|prescind|suprim)\w*|ignora\w*|exclu[iyí]\w*|"
    r"sált\w*|salt(?:a|ar|ad|e|en|ate|arte|ados?|adas?)|olv[ií]d(?:a|ar|ate|ados?|e)|"
    r"qu[ií]t(?:a|ar|ad|ando|ados?|adas?|ales|alos|alas)|quite\s+(?:l[oa]s?|el|todo)|ev[ií]t(?:a|ar|e|ando|alos)|"
    r"obvi(?:a|ar|e|ando)|desinteres\w*|de\s+lado|borra(?:r|d)?",
}
# Two words of one sentence that leave out together: `leave the posts of 2020 out`.
PARTED = (
    (
        r"(?:leav|left|filter|cut|rul|kick|throw|thrown|weed|screen|edit|mask|keep|kept|tak|opt|"
        r"sort)\w*",
        r"out|aside|off|away",
    ),
    (r"keep|kept", r"to\s+yoursel(?:f|ves)"),
    (r"behalt\w*|behält", r"für\s+(?:dich|euch|sich)"),
    (r"lass(?:e|en|t)?|klammer\w*|schlie(?:ß|ss)\w*|spar\w*|filter\w*|nehm\w*|nimm|sortier\w*|wirf",
     r"weg|beiseite|außen\s+vor|fort|(?:he)?raus|aus(?=\s*(?:[,.;!?]|$|und\b))"),
    (r"lai+ss\w*", r"tomber|hors"),
    (r"d[eé]j[ae]\w*", r"fuera|de\s+lado|aparte"),
)  # fmt: skip
# The same, with the second word before what is left out: `any month but May`.
PARTED_BEFORE = (
    (
        r"(?:any|every|all|each|no|none)\w*",
        r"but(?!\s+(?:before|after|since|until|till|only|also|mainly|especially)\b)",
    ),
    (r"others?|else(?:where)?", r"than"),
    (r"different\w*", r"than|from"),
    (r"ander\w{0,3}|woanders", r"als"),
    (r"autres?|ailleurs", r"qu[e'’]\w*"),
    (r"otr[oa]s?", r"que"),
)
# What a reader has read already is not what they ask for.
_NO_WISH = "".join(
    rf"(?<!\b{word}\s)"
    for word in "can could may might should shall must do did will would".split()
)
READ = (
    # `I just read "On Waiting" and disagree` tells what the question is about.
    (_NO_WISH + r"(?:i|we)(?:(?:['’]ve|['’]d|\s+have|\s+had)\s+(?:(?:already|all|now|only)\s+)*|"
     r"\s+(?:(?:all|now|only)\s+)*already\s+)"
     r"(?:read|seen|know|finished)", r""),
    (r"ich|wir", r"gelesen|kennen?"),
    (r"(?:j['’]ai|nous\s+avons|on\s+a)\s+(?:(?:déjà|tout|bien)\s+)*lu|"
     r"(?:je|j['’]en)\s+connais", r""),
    (r"(?:ya\s+)?(?:he|hemos)\s+(?:ya\s+)?leído|(?:ya\s+)?leí|conozco", r""),
)  # fmt: skip
ELSE = (
    r"else|the\s+(?:rest|others?|remaining)|(?<!\bdo\s)(?<!\bdid\s)(?<!\bhave\s)others|sonst|die\s+(?:anderen|übrigen|restlichen)|"
    r"den\s+rest|was\s+gibt\s+es\s+noch|(?:quoi|rien)\s+d['’]autre|d['’]autres?|les\s+autres|"
    r"le\s+reste|qué\s+(?:más|otr[oa]s?)|algo\s+más|l[oa]s\s+(?:otr[oa]s|demás)|el\s+resto"
)
# What a reader wants or does not want: `posts from 2020 do not interest me`.
WANTED = (
    r"interest\w*|wants?|wanted|need(?:s|ed)?|cares?|relevant|welcome|wish|to\s+see|show\w*|"
    r"list(?:ed)?|give|send|tell|count\w*|includ\w*|matters?|required|necessary|read|"
    r"interessier\w*|interesse|brauch\w*|will\s+ich|ich\s+(?:will|möchte)|möchten?|soll\w*|zeig\w*|"
    r"nenn\w*|zähl\w*|gewünscht|dabei|"
    r"intéress\w*|veux|voulons|voudrais|souhait\w*|besoin|compt\w*|montr\w*|donn\w*|"
    r"interes\w*|quiero|queremos|quisiera|necesit\w*|cuent\w*|muestr\w*|deseo|me\s+des|importan?"
)
# A plain denial after what is left out.
NO_THANKS = (
    r"\s*+[,;:.?!–—-]*+\s*+(?:(?:but\s+)?(?:please\s+)?)(?:no|nope|non|nein|nicht|not)"
    r"(?:\s+(?:thanks?|please|danke|bitte|merci|gracias|those|these|them|that|diese|die|jene)\b"
    r"|\s*+(?:[,.;!?]|$))"
)  # fmt: skip
AGAIN = (  # what a further sentence calls the thing by
    r"them|those|these|it|that|ones|any|from\s+then|sie|die|diese|jene|davon|les|ceux|celles|cela|ça|en|"
    r"l[oa]s|es[ao]s|ell[oa]s|eso"
)
PASSIVE = r"(?:are|is|be|been|being|was|were|sind|ist|werden|sont|soient|être|son|sean|ser|estén)"


def words_of(*tables: dict[str, str]) -> str:
    """One pattern of all words of these tables."""
    return "|".join(words for table in tables for words in table.values())
