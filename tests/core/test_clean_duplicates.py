"""Copies of a document are found wherever they were published, and one stands for all."""

import random
from datetime import UTC, datetime

import numpy as np
import polars as pl
import pytest

from tests.core.test_clean import BIO, article, raw
from twin_core.features import duplicates
from twin_core.features.clean import clean, extract, usable
from twin_core.features.settle import LIGHT, settle
from twin_core.features.shingles import MAX_COUNT, SLOTS, digests, word_hashes

WORDS = [f"w{number}" for number in range(5000)]
HASHES = {
    "the": 17357140401427252685,
    "oven": 9724130407288856377,
    "naïve": 14787918922373207803,
}
SKETCH = [2415193752, 1225727319, 203896120, 812963515]


def pair(rng: random.Random, length: int, alike: float) -> tuple[str, str, float]:
    """(a text, one with a stretch of other words, exact Jaccard similarity of their shingles)."""
    one = rng.choices(WORDS, k=length)
    changed = round(length * (1 - alike) / (1 + alike))
    at = rng.randrange(length - changed)
    other = [*one[:at], *rng.choices(WORDS, k=changed), *one[at + changed :]]
    a, b = ({tuple(words[i : i + 3]) for i in range(length - 2)} for words in (one, other))
    return " ".join(one), " ".join(other), len(a & b) / len(a | b)


def sketches(*texts: str) -> np.ndarray:
    return digests(list(texts), [[(0, len(text), False)] for text in texts])[1]


def at(*days: int | None) -> pl.Series:
    return pl.Series(
        [day and datetime(2025, 1, day, tzinfo=UTC) for day in days], dtype=pl.Datetime("us", "UTC")
    )


def copies(*bodies: str, days: tuple[int | None, ...] = ()) -> list[str | None]:
    """duplicate_of of each document, every one on a site of its own."""
    rows = raw(*bodies).with_columns(
        url=pl.Series([f"https://site{n}.example/" for n in range(len(bodies))])
    )
    docs = clean(rows.with_columns(published_at=at(*days)) if days else rows)
    return docs["duplicate_of"].to_list()


def test_copies_are_found_and_what_is_less_alike_is_not():
    rng = random.Random(5)
    texts, wanted = [], []
    for number in range(400):
        one, other, exact = pair(rng, rng.randrange(150, 900), rng.uniform(0.45, 0.98))
        texts += [one, other]
        wanted.append((exact, f"d{2 * number}"))
    found = clean(raw(*texts))["duplicate_of"].to_list()[1::2]
    above = [of == doc for of, (exact, doc) in zip(found, wanted, strict=True) if exact >= 0.8]
    below = [of is not None for of, (exact, _) in zip(found, wanted, strict=True) if exact < 0.62]
    assert len(above) > 100 and len(below) > 60
    assert sum(above) / len(above) >= 0.98
    assert sum(below) == 0


@pytest.mark.parametrize("length", [60, 300, 2000])
def test_a_sketch_estimates_similarity(length: int):
    rng = random.Random(length)
    errors = []
    for _ in range(60):
        one, other, exact = pair(rng, length, 0.8)
        a, b = sketches(one, other)
        errors.append(float((a == b).mean()) - exact)
    assert abs(np.mean(errors)) < 0.02
    assert np.std(errors) < 0.06


def test_hashes_are_the_same_in_every_version():
    hashes, edges = word_hashes(["The oven", "naïve"])
    assert hashes.tolist() == [HASHES[word] for word in ("the", "oven", "naïve")]
    assert edges.tolist() == [0, 2, 3]
    assert sketches(" ".join(WORDS[:200]))[0, :4].tolist() == SKETCH


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("It's *the* oven.", "it’s THE “oven”"),
        ("[Ovens](https://a.example/1) are **hot**", "ovens are hot"),
        ("[Ovens](/oven_(hot)_2 'Fern') are hot](", "ovens are hot"),
        ("日本語です", "日 本 語 で す。"),
        ("Überall — naïve", "überall, NAÏVE!"),
        ("snake_case and _emphasis_", "snake case and emphasis"),
    ],
)
def test_words_are_compared_without_case_marks_and_punctuation(one: str, other: str):
    a, b = (digests([text], [[(0, len(text), False)]])[0] for text in (one, other))
    assert a.tolist() == b.tolist()
    assert a[0] & MAX_COUNT > 0


def test_the_earliest_stands_for_all():
    body = article(1, 200)
    assert copies(body, body + " End.", body, days=(3, 1, 2)) == ["d1", None, "d1"]
    assert copies(body, body, days=(1, 1)) == [None, "d0"]
    assert copies(body, body, days=(None, 5)) == ["d1", None]


def test_a_fuller_edition_stands_for_the_first():
    first = article(1, 300)
    second = f"{first}\n\nUpdate: this advice is wrong. {article(2, 30)}"
    assert copies(first, second) == ["d1", None]
    assert copies(second, first) == [None, "d0"]
    assert copies(first, f"{first}\n\nA note of five words.") == [None, "d0"]
    assert copies(first, first, second, days=(1, 2, 3)) == ["d2", "d2", None]


def test_a_copy_is_like_the_one_that_stands_for_it():
    words = article(1, 400).split()
    versions = [" ".join(words[30 * n : 300 + 30 * n]) for n in range(4)]
    assert copies(*versions) == [None, "d0", None, "d2"]  # the third is like the second alone


def test_a_series_in_which_each_resembles_the_last_is_not_one_article():
    rng = random.Random(3)
    log = [" ".join(rng.choices(WORDS, k=12)) + "." for _ in range(60)]
    weeks = [" ".join(log[3 * week : 3 * week + 30]) for week in range(11)]
    found = copies(*weeks)
    assert None in found[1:]
    for week, of in enumerate(found):
        assert of is None or week - int(of.removeprefix("d")) <= 2


def test_short_documents_are_copies_only_when_they_are_the_same():
    assert copies("One short note.", "One *short* note!", "Another short note.") == [
        None,
        "d0",
        None,
    ]


def test_a_copy_keeps_its_row_and_names_the_original():
    docs = clean(raw(article(1), article(1), article(2)))
    assert docs["drop_reason"].to_list() == [None, "duplicate of d0", None]
    assert usable(docs)["doc_id"].to_list() == ["d0", "d2"]
    assert docs["text"].to_list()[1] == article(1)


def test_copies_with_other_footers_are_the_same():
    bodies = [article(1, 45)] + [f"{article(n, 45)}\n\n{BIO}" for n in range(1, 5)]
    rows = raw(*bodies).with_columns(
        url=pl.Series(["https://moss.example/", *["https://fern.example/"] * 4])
    )
    assert clean(rows)["duplicate_of"].to_list() == [None, "d0", None, None, None]


def test_what_a_site_repeats_makes_no_copies():
    """Short posts under a bio three times as long."""
    bio = article(99, 260)
    posts = [f"{article(n, 60)}\n\n{bio}" for n in range(3)]
    posts += [f"{article(n, 900)}\n\n{bio}" for n in range(10, 14)]
    docs = clean(raw(*posts))
    assert docs["duplicate_of"].null_count() == docs.height
    assert docs["removed"].to_list() == [0] + [1] * 6  # so long a block stays in the earliest


def test_versions_of_one_article_do_not_make_it_boilerplate():
    """Three versions on one site, each with one paragraph edited."""
    parts = [article(n, 40) for n in range(9)]
    versions = [
        "\n\n".join([*parts[:n], f"{parts[n]} Edit {n}.", *parts[n + 1 :]]) for n in range(3)
    ]
    docs = clean(raw(*versions, *[article(50 + n) for n in range(4)]))
    assert docs["duplicate_of"].to_list() == [None, "d0", "d0", None, None, None, None]
    assert docs["removed"].sum() == 0


def test_groups_are_connected_components():
    left, right = np.array([5, 1, 3, 7]), np.array([4, 3, 5, 8])
    assert duplicates.groups(9, [(left, right)]).tolist() == [0, 1, 2, 1, 1, 1, 6, 7, 7]


def test_a_crowd_of_copies_costs_no_quadratic_work():
    same = sketches(article(1, 100))
    crowd = np.repeat(same, 3000, axis=0)
    pairs = duplicates.candidates(crowd)
    assert len(pairs[0]) < 3000 * 12
    assert not duplicates.groups(3000, [pairs]).any()


def test_documents_that_cannot_be_used_settle_nothing():
    light = extract(raw(article(1), article(1))).select(LIGHT)
    light = light.with_columns(drop_reason=pl.Series(["extraction: no", None]))
    assert settle(light)["duplicate_of"].to_list() == [None, None]
    assert settle(light.clear()).height == 0
    assert sketches().shape == (0, SLOTS)
