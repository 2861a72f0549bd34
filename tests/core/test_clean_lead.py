"""What a page repeats above an article goes; however short, the author's own lines stay."""

import pytest

from tests.core.test_clean import PROSE, raw
from twin_core.features.clean import LEAD, clean, extract
from twin_core.features.lead import repeated
from twin_core.markdown import blocks

NAMES = ("Ines Okafor", "Fern Notes")
REPEATED = [
    "By Ada",
    "By Ada Lovelace",
    "Von Anna Meier",
    "par Jean de la Fontaine",
    "Por Ana María López",
    "By Ada · 3 May 2024 · 5 min read",
    "3 May 2024",
    "May 3, 2024",
    "May 3",
    "Friday, 3 May 2024",
    "3. Mai 2024",
    "Freitag, den 3. Mai 2024",
    "03.05.2024",
    "3/5/24",
    "2024-05-03",
    "2024-05-03T10:30:00Z",
    "Le 3 mai 2024",
    "Publié le 1er mai 2024",
    "3 de mayo de 2024",
    "Publicado el 3 de mayo de 2024",
    "2024年5月3日",
    "2024年5月3日（金）",
    "二〇二四年五月三日",
    "令和6年5月3日",
    "公開日：2024年5月3日",
    "发布于 2024年5月3日",
    "作者：张三",
    "著者: 山田太郎",
    "5 min read",
    "Reading time: 5 minutes",
    "Lesezeit: 5 Minuten",
    "Temps de lecture : 5 minutes",
    "阅读时间：5分钟",
    "written on 03 May 2024",
    "Posted by Ada Lovelace on May 3, 2024 at 10:30 am",
    "03 May 2024, Ines Okafor",
    "Ines Okafor",
    "Ines Okafor | Fern Notes | Updated: 3rd of May 2024",
    "[Ines Okafor](https://a.b/c) · *May 2024*",
    "Von Ines am 3.5.2024",
    "Words by Ada Lovelace",
    "2024年5月3日 12:00",
    "Text: Anna Meier",
    "By Ada Lovelace and Bob Ray",
    "Mis à jour le 3 mai 2024 à 10h30",
    "Last updated: 2024/05/03",
    "2024년 5월 3일",
    "MAY 3, 2024",
    "By ADA LOVELACE",
]
OWN = [
    "Serves 4",
    "Prep: 20 minutes",
    "20 minutes",
    "Oven at 220 degrees",
    "Who taught you",
    "For my mother",
    "By the river",
    "By morning",
    "by heart",
    "Von Hand",
    "Von Hand geknetet",
    "In May",
    "May",
    "2024",
    "Text",
    "On Sunday",
    "Sunday",
    "By Sunday",
    "Published",
    "I was born on 3 May 2024",
    "3 May 2024?",
    "the last of 3 May",
    "Anna Meier, baker",
    "パンは日曜日に焼く。一週間には慈悲がないからだ。",
    "我在星期天烤面包",
    "5 minutes",
    "Berlin, 3 May 2024",
    "10:30",
    "1/2",
    "1.5.3",
    "May the rain",
    "March 12 miles",
    "By Land, Sea and Air",
    "2024年",
    "By 2030",
    "Por amor",
    "From Ada",
    "- 3",
    "日",
    "A note on 5 min read",
    "By Ada Lovelace, who bakes",
]
PAGES = {
    "ja": "パンは日曜日に焼く。|母は決して扉を開けるなと言った。|だから私は量らない。",
    "zh": "我在星期天烤面包。|母亲说过，千万不要打开门。|所以我不称。",
    "hi": "मैं रविवार को रोटी पकाता हूँ।|माँ ने कहा था।",
    "poem": "The oven keeps<br>its one red promise|and the week<br>has no mercy on flour",
    "recipe": "Serves 4|Prep: 20 minutes|Oven at 220 degrees",
    "interview": "<b>Anna Meier, baker</b>|Who taught you|My mother, who never opened the door",
    "epigraph": "For my mother|and for the rain",
}


def lead(line: str) -> set[int]:
    text = f"{line}\n\n{PROSE}"
    return repeated(text, "On bread", blocks(text), NAMES)


@pytest.mark.parametrize("line", [*REPEATED, "On bread", "# On bread", "**On Bread**"])
def test_a_title_a_by_line_a_date_and_a_reading_time_go(line: str):
    assert lead(line) == {0}


@pytest.mark.parametrize("line", OWN)
def test_any_other_short_line_is_the_authors(line: str):
    assert lead(line) == set()


def test_no_text_is_cut_whole():
    text = "By Ada Lovelace\n\n3 May 2024"
    assert repeated(text, "", blocks(text)) == {0}
    assert repeated("", "", []) == set()


@pytest.mark.parametrize("name", PAGES)
def test_a_page_keeps_its_opening_lines(name: str):
    opening = "".join(f"<p>{line}</p>" for line in PAGES[name].split("|"))
    page = f"<article><h1>On bread</h1>{opening}<p>{PROSE}</p></article>"
    text = clean(raw(page, media_type="text/html"))["text"][0]
    for line in PAGES[name].replace("<br>", "|").replace("<b>", "").replace("</b>", "").split("|"):
        assert line in text


def test_what_goes_is_counted_and_a_known_name_is_taken_from_the_row():
    page = f"<article><p>Ada L.</p><p>3 May 2024</p><p>For Bob</p><p>{PROSE}</p></article>"
    rows = raw(page, page, media_type="text/html", byline=["Ada L."])
    for row in extract(rows).iter_rows(named=True):
        assert row["text"] == f"For Bob\n\n{PROSE.strip()}"
        assert row["cut"] == [{"rule": LEAD, "blocks": 2}]


@pytest.mark.parametrize(
    "unit", ["By Ada ", "3 May 2024 ", "[", "[a](", "1", "年", "- ", "|", "5 min "]
)
def test_a_long_line_costs_no_more_than_its_length(unit: str):
    text = unit * (100_000 // len(unit)) + f"\n\n{PROSE}"
    assert repeated(text, unit, blocks(text)) == set()
