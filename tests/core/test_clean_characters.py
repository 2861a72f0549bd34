"""Characters are repaired as ftfy does, at a fraction of its cost; languages are told apart."""

import re
import unicodedata

import ftfy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import SAMPLE
from twin_core.features.language import by_function_words, language
from twin_core.features.normalise import normalise

_INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff"
    "\U000e0000-\U000e007f]"
)
_CODECS = "latin-1 cp1252 cp1251 cp1250 cp1253 cp1257 mac_roman cp437".split()
_ODD = "’‘“”–—…éàÉÜßœŒÃÂ€£°«»„½×√≈‚Äв Ђ\xa0\xad‹ ABab .\n&;<lt\x85\u2028ﬁ\u0301ГВ日本🙂한αβЯ│▀"
_ODD += "\u202e\x1b"


def test_unicode_is_repaired_but_the_voice_is_kept():
    broken = "It\u2019s cafÃ© \u200bnow\x00 \u202eevil\u202c — “yes”\r\n\r\n\r\n\r\nEnd  \n"
    assert normalise(broken) == "It’s café now evil — “yes”\n\nEnd"


@pytest.mark.parametrize(
    ("broken", "repaired"),
    [
        ("â€œWell,â€\x9d she said", "“Well,” she said"),
        ("naÃ¯ve fiancÃ©e", "naïve fiancée"),
        ("Tom &amp; Jerry&nbsp;&eacute;", "Tom & Jerry\xa0é"),
        ("`<b>` and &amp;", "`<b>` and &amp;"),
        ("cafe\u0301", "café"),
        ("of\ufb01ce", "office"),
        ("safe\u2066 text\u2069 \U000e0041\U000e0042", "safe text"),
        ("a\ud800b", "a\ufffdb"),
        ("日本語 — “ok” 🙂", "日本語 — “ok” 🙂"),
    ],
)
def test_marks_of_broken_encodings_are_repaired(broken: str, repaired: str):
    assert normalise(broken) == repaired


def slowly(text: str) -> str:
    """`normalise` with ftfy over every line."""
    config = ftfy.TextFixerConfig(uncurl_quotes=False, fix_character_width=False)
    whole = re.sub("[\ud800-\udfff]", "\ufffd", text).replace("\r\n", "\n").replace("\r", "\n")
    seen = _INVISIBLE.sub("", unicodedata.normalize("NFC", ftfy.fix_text(whole, config)))
    return re.sub(r"\n{3,}", "\n\n", re.sub(r"(?m)[ \t]+$", "", seen)).strip()


def _mistaken(text: str) -> st.SearchStrategy[str]:
    encoded = text.encode("utf-8", "replace")
    return st.sampled_from(_CODECS).map(lambda codec: encoded.decode(codec, "replace"))


pieces = st.one_of(
    st.text(max_size=12).flatmap(_mistaken),
    st.text(st.characters(min_codepoint=0x20, max_codepoint=0x24F), max_size=8),
    st.text(st.sampled_from(_ODD), max_size=10),
    st.text(max_size=6),
    st.sampled_from(["&amp;", "&lt;b&gt;", "<b>", " word ", "\n", "ÂŒ\n", "à ½"]),
)


@settings(max_examples=1500, deadline=None)
@given(st.lists(pieces, max_size=5).map("".join))
def test_the_lines_that_ftfy_does_not_see_are_those_it_would_not_change(text: str):
    assert normalise(text) == slowly(text)


TEXTS = {
    "en": "I wrote this in the kitchen while the bread was in the oven, and I did not know if it "
    "would rise. My mother said that it would, because it always had for her. ",
    "de": "Ich habe das in der Küche geschrieben, und das Brot war noch nicht fertig. Meine Mutter "
    "sagte, dass es aufgehen wird, weil es bei ihr immer so war und auch bleibt. ",
    "fr": "Je l'ai écrit dans la cuisine pendant que le pain était au four, et je ne savais pas "
    "s'il allait lever. Ma mère disait que oui, parce que c'est toujours ainsi pour elle. ",
    "es": "Lo escribí en la cocina mientras el pan estaba en el horno, y no sabía si iba a subir. "
    "Mi madre dijo que sí, porque siempre había sido así para ella y para los demás. ",
    "it": "L'ho scritto in cucina mentre il pane era nel forno, e non sapevo se sarebbe cresciuto. "
    "Mia madre diceva di sì, perché per lei è sempre stato così, come per gli altri. ",
    "pt": "Escrevi isto na cozinha enquanto o pão estava no forno, e não sabia se ia crescer. A "
    "minha mãe disse que sim, porque foi sempre assim para ela e também para os outros. ",
    "nl": "Ik schreef dit in de keuken terwijl het brood in de oven stond, en ik wist niet of het "
    "zou rijzen. Mijn moeder zei van wel, omdat het bij haar altijd zo is gegaan. ",
    "sv": "Jag skrev det här i köket medan brödet stod i ugnen, och jag visste inte om det skulle "
    "jäsa. Min mamma sade att det skulle det, eftersom det alltid hade gjort det för henne. ",
    "ru": "Я написал это на кухне, пока хлеб стоял в печи, и не знал, поднимется ли он. ",
    "ja": "パンがオーブンに入っている間に、台所でこれを書きました。",
}


@pytest.mark.parametrize("code", TEXTS)
def test_a_text_is_told_by_its_language(code: str):
    assert language(TEXTS[code] * 3) == code
    assert language(TEXTS[code]) == code


@pytest.mark.parametrize("code", TEXTS)
def test_function_words_decide_only_what_they_know(code: str):
    words = re.findall(r"[^\W\d_]+", TEXTS[code].lower()) * 3
    assert by_function_words(words) in ((code,) if code in ("en", "de") else (code, None))


def test_code_and_links_do_not_tell_the_language():
    code = "```py\nfor the in of: and the is to be\n```\n`if and else` https://the.of.and/to/the\n"
    assert language(code * 3 + TEXTS["de"]) == "de"
    assert language(code) is None
    assert language("") is None


def test_the_sample_is_english_by_function_words_alone():
    for path in SAMPLE.glob("*/articles/*.md"):
        words = re.findall(r"[^\W\d_]+", path.read_text("utf-8").lower())[:200]
        assert by_function_words(words) == "en", path
