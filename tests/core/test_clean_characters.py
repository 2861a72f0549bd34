"""Characters are repaired as ftfy does, at a fraction of its cost; languages are told apart."""

import re
import unicodedata

import ftfy
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.conftest import SAMPLE
from twin_core.features.entities import between_breaks, parts
from twin_core.features.language import by_function_words, language
from twin_core.features.normalise import normalise
from twin_core.markdown import blocks
from twin_core.plain import plain, repaired, visible

_CONTROL = re.compile(
    "\x1b\\[[\\d;]*[a-zA-Z]|[\x00-\x08\x0b-\x1f\x7f-\x9f\u206a-\u206f\ufff9-\ufffb]"
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
        ("`<b>` and &amp;", "`<b>` and &"),
        ("&acirc;&euro;&trade;", "’"),
        ("cafe\u0301", "café"),
        ("of\ufb01ce", "office"),
        ("safe\u2066 text\u2069 \U000e0041\U000e0042", "safe text"),
        ("a\ud800b", "a\ufffdb"),
        ("日本語 — “ok” 🙂", "日本語 — “ok” 🙂"),
    ],
)
def test_marks_of_broken_encodings_are_repaired(broken: str, repaired: str):
    assert normalise(broken) == repaired


@pytest.mark.parametrize(
    "shown",
    [
        "Write `&amp;` and not `&`.",
        '```\nprintf("&lt;")\n```',
        "    &amp; in code",
        "- a\n\n      &lt;b&gt;\n\n> ```\n> &mdash;\n> ```",
        "A reader sees `â€™` for each quote.",
        "```\n# of\ufb01ce\n```",
        '[a](https://fern.net/?x=1&amp;y=2 "&quot;") and <kbd title="&quot;">x</kbd>',
    ],
)
def test_code_and_addresses_keep_what_they_show(shown: str):
    assert normalise(shown) == shown


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("&lt;div&gt; is a block.", r"\<div> is a block."),
        ("&lt;!-- a note --&gt; hides.", r"\<!-- a note --> hides."),
        ("a <b or c&gt; d", r"a <b or c\> d"),
        ("&gt; no quote", r"\> no quote"),
        ("> a &gt; b\n> &gt; c", "> a > b\n> \\> c"),
        (
            "&ast;plain&ast; &lowbar;x&lowbar; &#91;y&#93; &#96;z&#96;",
            r"\*plain\* \_x\_ \[y\] &#96;z&#96;",
        ),
        ("1986&#46; A great year", r"1986\. A great year"),
        ("&#49;. one", "&#49;. one"),
        ("<&#98;>x", "<&#98;>x"),
        ("&amp;lt; &amp;amp; AT&amp;T &amp;&amp; &bogus;", r"\&lt; \&amp; AT&T && &bogus;"),
        ("&#102;&#101;rn&#64;fern&#46;net", "fern@fern.net"),
        ("&mdash;&hellip;&#150;&rsquo;", "—…–’"),
        ("a&#10;# b&#8232;# c", "a&#10;# b&#8232;# c"),
    ],
)
def test_entities_of_prose_become_characters_but_never_markup(text: str, expected: str):
    assert normalise(text) == expected == normalise(expected)


@settings(max_examples=500, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            (
                "&lt; &gt; &ast; &#96; &#35; &#49; &#46; &#41; &#45; &#43; &#61; &#124; "
                "&#126; &#62; &#91; &#93; &#40; &bsol; &amp; &quot; &#58; &#33; &#32; &#10; &#97; "
                "&#95; &#47; lt; &#38; < > - a b [a] ` _ *"
            ).split()
            + [" ", "\n"]
        ),
        max_size=12,
    ).map("".join)
)
def test_an_entity_makes_no_block(text: str):
    def kinds(text: str) -> list[str]:
        return [block.kind for block in blocks(text)]

    assert kinds(normalise(text)) == kinds(text)


ENGLAND = "\U0001f3f4" + "".join(chr(0xE0000 + ord(c)) for c in "gbeng") + "\U000e007f"


@pytest.mark.parametrize(
    "text",
    [
        "می\u200cخواهم",
        "۱۳۵۷ ه\u200d.ش ۵\u200cام",
        "क्\u200dष क्\u200cष",
        "ന്\u200d",
        "👩\u200d👩\u200d👧\u200d👦",
        "👩🏽\u200d🚀 ❤️\u200d🔥 🏳️\u200d🌈",
        ENGLAND,
    ],
)
def test_joiners_and_flags_that_are_seen_stay(text: str):
    assert normalise(text) == visible(text) == text
    assert plain(text) == (text, None) and repaired(text) == (text, None)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("hid\u200cden wo\u200drds \u200d", "hidden words"),
        ("می\u200c\u200c\u200cخواهم \u200c\u200d", "می\u200cخواهم"),
        ("می\u200c .", "می ."),
        ("۰۹۱\u200c۲\u200d۳", "۰۹۱۲۳"),
        ("👩\u200d\u200dx", "👩x"),
        (ENGLAND + "\U000e0041 \U0001f3f4\U000e0041\U000e0042\U000e007f", ENGLAND + " \U0001f3f4"),
        ("👩\u200d\u202e👩", "👩👩"),
        ("```\n'a\u200bb' \x1b[31mred\x9b\n```", "```\n'ab' red\n```"),
    ],
)
def test_marks_that_hide_or_split_are_removed(text: str, expected: str):
    assert normalise(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A line  \nanother\\\nthe last  \n", "A line  \nanother  \nthe last"),
        ("- a    \n  b  \n\n> c  \n> d\\\n> e", "- a  \n  b\n\n> c  \n> d  \n> e"),
        ("A paragraph.  \n\n# Title  \nText.  \n- item", "A paragraph.\n\n# Title\nText.\n- item"),
        ("```\na  \nb\\\nc\n```\n\n`a  \nb`", "```\na\nb\\\nc\n```\n\n`a\nb`"),
        ("| a |  \n|---|  \n| b |  ", "| a |\n|---|\n| b |"),
        ("\n \n    if a:\n        b\n\nText  ", "    if a:\n        b\n\nText"),
        ("\n\tcode\n", "\tcode"),
        ("  Text", "Text"),
        ("a\\\n\\\nb", "a  \n\\\nb"),
    ],
)
def test_a_poem_keeps_its_lines_and_code_its_indentation(text: str, expected: str):
    assert normalise(text) == expected == normalise(expected)


@pytest.mark.parametrize(
    "piece",
    [
        " ",
        "a  \n",
        "\u200d",
        "می\u200c",
        "&lt;",
        "&amp;",
        "`&amp;",
        "  \n>",
        "&" + "a" * 30,
        "\x1b[",
    ],
)
def test_hostile_text_takes_linear_time(piece: str):
    normalise(f"a{piece * 100_000}b")


def slowly(text: str) -> str:
    """`normalise` with ftfy over every line of prose, and a search for breaks in every text."""
    config = ftfy.TextFixerConfig(
        unescape_html=False, uncurl_quotes=False, fix_character_width=False
    )
    whole = re.sub("\r\n?|[\u2028\u2029]", "\n", re.sub("[\ud800-\udfff]", "\ufffd", text))
    fixed = "".join(part if code else ftfy.fix_text(part, config) for code, part in parts(whole))
    seen = visible(_CONTROL.sub("", unicodedata.normalize("NFC", fixed)))
    seen = "  \n".join(re.sub(r"(?m)[ \t]+$", "", line) for line in between_breaks(seen))
    return re.sub(r"\n{3,}", "\n\n", seen).strip()


def _mistaken(text: str) -> st.SearchStrategy[str]:
    encoded = text.encode("utf-8", "replace")
    return st.sampled_from(_CODECS).map(lambda codec: encoded.decode(codec, "replace"))


pieces = st.one_of(
    st.text(max_size=12).flatmap(_mistaken),
    st.text(st.characters(min_codepoint=0x20, max_codepoint=0x24F), max_size=8),
    st.text(st.sampled_from(_ODD), max_size=10),
    st.text(max_size=6),
    st.sampled_from(
        ["&amp;", "&lt;b&gt;", "<b>", "`", "  \n", "\\\n", "\n    ", " word ", "\n", "ÂŒ\n", "à ½"]
    ),
)


@settings(max_examples=1500, deadline=None)
@given(st.lists(pieces, max_size=5).map("".join))
@example("0\\\nÂ\xa0")
@example("0\t \n0")
def test_the_lines_that_ftfy_does_not_see_are_those_it_would_not_change(text: str):
    assert normalise(text).strip() == slowly(text)


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
