"""Texts → digests of their blocks, and sketches of their word shingles, in array operations.

Both are kept in tables and compared across versions of every library, so the hashing is spelled
out here: a polynomial in the bytes of a word, mixed by the finaliser of splitmix64 (Steele, Lea and
Flood 2014). Words are compared without case, punctuation, Markdown marks and link targets; in
scripts written without spaces each character is a word.

The sketch is MinHash by one permutation (Li, Owen and Zhang 2012), its empty slots filled as in
Shrivastava 2017: the share of equal slots estimates the Jaccard similarity of two texts' shingles.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

import numpy as np

from twin_core.features import footer_phrases as phrases
from twin_core.features.footer_parts import FIRST_PERSON
from twin_core.features.lead import DATE, TIME

WORDS = 3  # of a shingle: one corrected word in a hundred still leaves 97 % of them
SLOTS = 128
MIN_SHINGLES = 30  # fewer say too little for an estimate; such texts are compared exactly
BATCH_BYTES = 1 << 17  # arrays of 8 bytes for each of them stay in the processor's cache

# A block's digest: 48 bits of its words' hash, then one for "never boilerplate", then their count.
COUNT_BITS = 15
OWN_BIT = 1 << COUNT_BITS
MAX_COUNT = OWN_BIT - 1
# Of a short block the first 32 bits leave out the dates and counts by which a tool's lines differ.
SHORT_WORDS = 20
LOOSE_BITS = 32
TITLE_WORDS = 4  # a line in bold type, or before a colon, of so few words is a heading

_BASE = 0x9E3779B97F4A7C15 | 1
_INVERSE = pow(_BASE, -1, 1 << 64)
_STEPS = (0xD6E8FEB86659FD93, 0xA5A3564E8E6B3C71, 0xC2B2AE3D27D4EB4F)
_EMPTY = np.uint64((1 << 32) - 1)
_SLOT_BITS = 7
_TRIES = 64
# What is in brackets within a target is closed there: no place is read from many openings.
_TARGET = re.compile(r"\]\((?:[^()\n]++|\([^()\n]*+\))*+\)")
_SHORT = 240  # characters of a block in which a title, or numbers, are looked for
_DIGIT = re.compile(r"\d")
# Numbers that tools write into a line; any other is what its author has to say.
_N = r"\d[\d.,]*+(?:[ \u00a0\u202f]\d{3}(?!\d))*+(?:[km](?![^\W\d_]))?+\+?+"
_COUNTED = (
    r"(?:likes?|claps?|shares?|restacks?|boosts?|reposts?|views?|reads|comments?|repl(?:y|ies)|"
    r"responses?|words|wörter|mots|palabras|subscribers|followers?|readers|reactions?|bookmarks?|kudos|upvotes?|votes?|"
    rf"people|{phrases.LIKES}|{phrases.COUNTED})(?!\w)"
)
_BREAK = r"[^\w\s.,:;!?'’\"“”()\[\]{}&%$€£+#*/–—-]"  # a separator, which no sentence has
_COUNT = rf"(?>{_N} ?{_COUNTED}|{_COUNTED}:? ?{_N})"
# A count stands by itself: on its line, between separators, or beside what is cut, too.
_BEFORE = (
    rf"(?:^[^\w\n]*+|(?<={_BREAK})|(?<={_BREAK} )|(?<= [/–—-] )|(?<=  )|(?<=[\d ], )|(?<= \()|"
    r"(?<=\bread )|(?<=\bread, ))(?:(?:liked by|length:|(?:view|show|see)(?: all)?) )?+"
)
_AFTER = (
    r"(?=(?: (?:read|so far|found this helpful|liked? this|on this post|zu diesem beitrag)"
    rf"(?!\w))?+[ *_)\]]*+(?:$|{_BREAK}|(?<= )[/–—-]+ |,? ?\d|"
    r"(?-i:Share|Reply|Like|Save|Subscribe)(?!\w)))"
)
_COUNTER = re.compile(  # of minutes, and of what readers did
    r"\d(?<![\d.,]\d)[\d.,]*+k?\+?(?: ?[-–] ?\d+)?"
    r"(?=[ -]?(?:min(?:s|ut(?:e[ns]?|os?|i))?\b|分))|"
    rf"(?<!\w)(?:(?=[^:]{{2,12}}+: ?\d)(?<![.,]){_COUNTED}: ?{_N}{_AFTER}|"
    rf"{_BEFORE}{_COUNT}(?:(?:[ ,;·•|/–—-]*+{_COUNT})++(?:{_AFTER}|(?=,))|{_AFTER}))",
    re.IGNORECASE | re.MULTILINE,
)
# Words that authors have for other things: only where nothing else is said.
_AMOUNT = re.compile(_N, re.IGNORECASE)
_ONLY_COUNTER = re.compile(
    rf"(?:(?>{_N} ?(?:retweets|listens|downloads?|visits|impressions|aufrufe|leser|x gelesen|"
    r"mal (?:gelesen|angesehen)|vues|lectures|téléchargements|écoutes|visitas|vistas|lecturas|"
    rf"visualizaciones|descargas|others liked this|{_COUNTED})|"
    r"(?:word count|listens|downloads|visits|aufrufe|gelesen|vues|visitas|lecturas) ?: ?"
    rf"{_N}(?: mal)?|"
    rf"liked by [^\d.,!?]{{1,30}}? and {_N} others|"
    r"(?:(?:this|dieser|dieses|cet|cette|este|esta) (?:post|article|page|newsletter|beitrag|"
    r"artikel|text|billet|entrada|artículo) (?:was|wurde|a été|ha sido) )?"
    rf"(?:(?:viewed|read|shared|gelesen|vue?|lue?|vist[oa]|leíd[oa]) {_N} (?:times|mal|fois|veces)|"
    rf"{_N} mal (?:gelesen|angesehen))|"
    r"(?:page|part|seite|teil|partie|página|parte) \d++ (?:of|von|sur|de) \d++)(?!\w)"
    r"[\s,;·•|/–—-]*+)++",
    re.IGNORECASE,
)
_AGE = re.compile(
    r"\b(?:an?|\d+) ?(?:h|d|w|m|hours?|days?|weeks?|months?|years?) ago\b|" + phrases.AGO,
    re.IGNORECASE,
)
_AROUND = " \t\n*_()."  # a line in emphasis or in brackets
_CLOCK = re.compile(r"\b\d{1,2}:\d\d\b")
_WORD = re.compile(r"[^\W\d_]+")
_NUMBER = re.compile(r"\d[\d.,]*")
_LABELLED = re.compile(r"(?:[^\W\d_]+ ){1,2}[^\w:]{0,3}\d+\.?")  # `Fern Notes 12`
_LOWER = "a-zß-öø-ÿ"
# No sentence goes on, but with whose issue it is, another number, or words before a date, cut out.
_ENDS = (
    rf"(?! (?=(?-i:[{_LOWER}]))(?!(?:of|for|by|with|von|der|für|mit|des?|du|del|pour|par|por|con)"
    rf"(?: (?:the|der|la|le))? (?-i:[^\W\d_{_LOWER}])|[^\W\d_]++[.:]? ?#?\d|"
    r"(?:[^\W\d_]++ ){1,2}(?: |$)))"
)
_ISSUE = re.compile(
    r"(?<!\w)(?:s\d++ ?e\d++\b|(?P<what>(?:no|nr|n[°º]|num(?:ber|mer)|núm(?:ero)?|numéro|issue|"
    r"edition|volume|vol|episode|ep|letter|newsletter|post|ausgabe|folge|édition|épisode|edición|"
    rf"episodio)[.:]? ?#?)\d++{_ENDS})|[#№第] ?\d++{_ENDS}|"
    r"\d(?<!\d\d)\d*+(?:st|nd|rd|th|\.|er?|ème|º|ª) "
    r"(?=(?:issue|edition|episode|ausgabe|folge|édition|épisode)(?!\w)"
    rf"(?: of(?!\w)|{_ENDS}))",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?<![\d.,])(?:1[89]|20)\d\d(?![.,]?\d)")
_DAY = re.compile(  # and months: names that change with a date
    r"\b(?:jan(?:uary|uar|vier)?|ene(?:ro)?|janv|feb(?:ruary|ruar|rero)?|févr?(?:ier)?|mar(?:ch|s|zo)?|"
    r"märz?|apr(?:il)?|avr(?:il)?|abr(?:il)?|may|mai|mayo|june?|juni|juin|junio|july?|juli|"
    r"juil(?:let)?|julio|aug(?:ust)?|août|ago(?:sto)?|sept?(?:ember|embre|iembre)?|"
    r"o[ck]t(?:ober|obre|ubre)?|nov(?:ember|embre|iembre)?|de[cz](?:ember)?|déc(?:embre)?|"
    r"dic(?:iembre)?|(?:mon|tues|wednes|thurs|fri|satur|sun)day|"
    r"(?:mon|diens|donners|frei|sams|sonn)tag|mittwoch|lundi|mardi|mercredi|jeudi|vendredi|"
    r"samedi|dimanche|lunes|martes|miércoles|jueves|viernes|sábado|domingo)\b",
    re.IGNORECASE,
)
_ITEMS = re.compile(r"\s*(?:[-+*]|\d{1,9}[.)])\s[^\n]*\n")  # a list of more than one line
_TITLE = re.compile(r"\*\*[^*\n]+\*\*|__[^_\n]+__|[^\n]+[:：]")
_WORD_BYTES = bytes(chr(b).isalnum() or b >= 0x80 for b in range(256))
# What a byte adds to a word's hash; UTF-8 has no byte 255.
_VALUES = bytes(min(ord(chr(b).lower()) + 1 if b < 0x80 else b + 1, 255) for b in range(256))

Spans = list[tuple[int, int, bool]]  # of a block: start, end, whether it is never boilerplate


def mixed(values: np.ndarray) -> np.ndarray:
    """The finaliser of splitmix64: near inputs, unrelated outputs."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


def digests(texts: list[str], spans: list[Spans]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(uint64 digest of each block of all texts, one after the other; uint32 sketches, a row of
    `SLOTS` for each text; which of them are long enough for their sketch to mean anything).

    spans: the blocks of each text, in order.
    """
    batches = [
        _batch(texts[group.start : group.stop], spans[group.start : group.stop])
        for group in _batches(texts)
    ]
    if not batches:
        return np.zeros(0, np.uint64), np.zeros((0, SLOTS), np.uint32), np.zeros(0, bool)
    blocks, sketches, enough = (np.concatenate(parts) for parts in zip(*batches, strict=True))
    return blocks, sketches, enough


def _batches(texts: list[str]) -> Iterator[range]:
    start = size = 0
    for place, text in enumerate(texts):
        if size and size + len(text) > BATCH_BYTES:
            yield range(start, place)
            start, size = place, 0
        size += len(text)
    if start < len(texts):
        yield range(start, len(texts))


def _batch(texts: list[str], spans: list[Spans]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    pieces = [piece for cut in map(_cut, texts, spans) for piece in cut]
    own = np.fromiter((own for found in spans for *_, own in found), bool, len(pieces))
    hashes, edges = word_hashes(pieces)
    borders = edges[np.concatenate(([0], np.cumsum([*map(len, spans)])))]
    for at in np.flatnonzero((np.diff(edges) <= TITLE_WORDS) & ~own):
        own[at] = len(pieces[at]) <= _SHORT and _is_title(pieces[at].strip())
    return (_block_digests(pieces, hashes, edges, own), *_sketches(hashes, borders))


def _is_title(line: str) -> bool:
    """Whether the line heads something, which a count in bold type does not."""
    return bool(_TITLE.fullmatch(line)) and not _ONLY_COUNTER.fullmatch(line.strip(_AROUND))


def _cut(text: str, found: Spans) -> list[str]:
    """The blocks' pieces of the text, without the targets of links."""
    pieces = [text[start:end] for start, end, _ in found]
    return [_TARGET.sub("] ", piece) for piece in pieces] if "](" in text else pieces


def word_hashes(pieces: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """(uint64 hash of each word of all pieces, for each piece the first word's place, and the
    end), compared without case."""
    joined = "\0" + "\0".join(pieces) + "\0"
    joined = joined if joined.isascii() else joined.lower()
    encoded = joined.encode()
    raw = np.frombuffer(encoded, np.uint8)
    word = np.frombuffer(encoded.translate(_WORD_BYTES), np.bool_)
    alone = np.zeros(0, int)
    if not joined.isascii():
        word, alone = _beyond_ascii(raw, word)
    # A word begins, or has ended, where two bytes differ: neither the first nor the last is one's.
    edges = np.flatnonzero(word[1:] != word[:-1]) + 1
    starts, ends = edges[::2], edges[1::2]
    if len(alone):
        begun, starts = starts, np.union1d(starts, alone)
        ends = np.union1d(ends, np.setdiff1d(alone, begun, assume_unique=True))
    powers, inverses = _powers(1 << int(len(raw)).bit_length())
    values = np.frombuffer(encoded.translate(_VALUES), np.uint8)
    terms = np.multiply(values, powers[: len(raw)], dtype=np.uint64)
    np.cumsum(terms, out=terms)
    hashes = mixed((terms[ends - 1] - terms[starts - 1]) * inverses[starts])
    borders = np.flatnonzero(raw == 0)[: len(pieces) + 1]
    return hashes, np.searchsorted(starts, borders)


def _beyond_ascii(raw: np.ndarray, word: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(which bytes belong to words, where characters begin that are each a word), where there is
    more than ASCII."""
    word = word.copy()
    two = np.flatnonzero(raw == 0xC2)  # U+0080 to U+00BF: signs
    word[two] = word[two + 1] = False
    leads = np.flatnonzero(raw >= 0xE2)
    lead, second = raw[leads], raw[leads + 1]
    signs = (lead == 0xE2) | ((lead == 0xE3) & (second == 0x80))
    signs |= (lead == 0xEF) & (second >= 0xB8)  # forms of punctuation, wide signs
    for shift in range(3):
        word[leads[signs] + shift] = False
    alone = ~signs & (lead >= 0xE3) & (lead <= 0xED)  # ideographs, kana, hangul
    return word, leads[alone]


@lru_cache(maxsize=2)
def _powers(length: int) -> tuple[np.ndarray, np.ndarray]:
    tables = []
    for base in (_BASE, _INVERSE):
        steps = np.full(length, base, np.uint64)
        steps[0] = 1
        tables.append(np.multiply.accumulate(steps))
    return tables[0], tables[1]


def _block_digests(
    pieces: list[str], hashes: np.ndarray, edges: np.ndarray, own: np.ndarray
) -> np.ndarray:
    """Each block's words and their order, as one number."""
    counts = np.diff(edges)
    whole = _ordered(hashes, edges)
    short = np.flatnonzero(~own & (counts > 0) & (counts <= SHORT_WORDS))
    loose = {at: bare for at in short if (bare := _without_numbers(pieces[at])) is not None}
    if loose:
        places, tail = np.fromiter(loose, int, len(loose)), np.uint64((1 << LOOSE_BITS) - 1)
        bare = _ordered(*word_hashes([*loose.values()]))
        whole[places] = (bare & ~tail) | (whole[places] & tail)
    said = np.minimum(counts, MAX_COUNT).astype(np.uint64)
    said |= np.where(own, np.uint64(OWN_BIT), np.uint64(0))
    return (whole & ~np.uint64(2 * OWN_BIT - 1)) | said


def _ordered(hashes: np.ndarray, edges: np.ndarray) -> np.ndarray:
    """For each piece, between two edges, a hash of its words in their order."""
    places = np.arange(len(hashes), dtype=np.uint64) - np.repeat(
        edges[:-1].astype(np.uint64), np.diff(edges)
    )
    sums = np.concatenate(
        ([np.uint64(0)], np.cumsum(mixed(hashes + places * np.uint64(_BASE)), dtype=np.uint64))
    )
    return mixed(sums[edges[1:]] - sums[edges[:-1]])


def _without_numbers(piece: str) -> str | None:
    """The piece without dates, counts of what tools count and the number of its issue; None if it
    has none, or other numbers too: those of a list's items and of whom speaks of themselves are
    what it says, and so are amounts."""
    if len(piece) > _SHORT or not _DIGIT.search(piece) or _ITEMS.match(piece):
        return None
    if FIRST_PERSON.search(piece):
        return None
    piece = piece.replace("*", "")
    if _ONLY_COUNTER.fullmatch(piece.strip(_AROUND)):
        return _AMOUNT.sub(" ", piece)
    left, dates = DATE.subn(" ", piece)
    left = (TIME if dates else _CLOCK).sub(" ", _AGE.sub(" ", left))
    if _DIGIT.search(left):
        left = _COUNTER.sub(lambda match: _AMOUNT.sub(" ", match[0]), left)
        left = _YEAR.sub(" ", _ISSUE.sub(r"\g<what> ", left))
    if _DIGIT.search(left) and _WORD.search(left) and not _LABELLED.fullmatch(left.strip()):
        return None
    return _DAY.sub("", _NUMBER.sub(" ", left))


def _sketches(hashes: np.ndarray, borders: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(sketch of each text, whose words stand between two borders; whether it says enough)."""
    count = len(borders) - 1
    if len(hashes) < WORDS:
        return np.zeros((count, SLOTS), np.uint32), np.zeros(count, bool)
    size = len(hashes) - WORDS + 1
    shingles = np.zeros(size, np.uint64)
    for place, step in enumerate(_STEPS):
        shingles += hashes[place : place + size] * np.uint64(step)
    text = np.repeat(np.arange(count, dtype=np.uint64), np.diff(borders))
    whole = text[:size] == text[WORDS - 1 :]
    shingles, text = mixed(shingles[whole]), text[:size][whole]
    slot = (text << np.uint64(_SLOT_BITS)) | (shingles >> np.uint64(64 - _SLOT_BITS))
    matrix = np.full(count * SLOTS, _EMPTY)
    np.minimum.at(matrix, slot.astype(np.int64), shingles & _EMPTY)
    counts = np.bincount(text.astype(np.int64), minlength=count)
    return _densified(matrix.reshape(count, SLOTS)), counts >= MIN_SHINGLES


@lru_cache(maxsize=1)
def _donors() -> np.ndarray:
    """For each try and empty slot the slot that it borrows from."""
    numbers = np.arange(_TRIES * SLOTS, dtype=np.uint64) + np.uint64(_BASE)
    return (mixed(numbers) >> np.uint64(64 - _SLOT_BITS)).astype(np.int64).reshape(_TRIES, SLOTS)


def _densified(matrix: np.ndarray) -> np.ndarray:
    """Empty slots filled from full ones of the row, from the same ones in equal rows."""
    done = matrix.copy()
    rows, slots = np.nonzero(matrix == _EMPTY)
    for donors in _donors():
        if not len(rows):
            break
        lent = matrix[rows, donors[slots]]
        done[rows, slots] = lent
        rows, slots = rows[lent == _EMPTY], slots[lent == _EMPTY]
    return done.astype(np.uint32)
