"""The material of the benchmarks: the same corpus everywhere, and an edit that is one."""

import numpy as np
import pytest

from benchmarks import corpus, peers
from benchmarks.contest import ENOUGH, REPEATS, wants_more
from benchmarks.embedder import DIMENSIONS, vectors


def test_a_document_does_not_depend_on_how_many_there_are(tmp_path):
    corpus.write(tmp_path / "few", 3)
    corpus.write(tmp_path / "many", 6)
    few, many = (sorted((tmp_path / name).iterdir()) for name in ("few", "many"))
    assert [path.read_bytes() for path in few] == [path.read_bytes() for path in many[:3]]
    assert len({path.read_bytes() for path in many}) == 6


def test_an_edit_changes_one_block_of_prose():
    text = corpus.document(1)
    before, after = text.split("\n\n"), corpus.edited(text, 0).split("\n\n")
    changed = [pair for pair in zip(before, after, strict=True) if pair[0] != pair[1]]
    assert len(changed) == 1 and changed[0][0][0].isalnum()


def test_near_duplicates_are_asked_for(tmp_path):
    corpus.write(tmp_path, 12, near_duplicates=0.5)
    bodies = [path.read_text().split("---\n", 2)[2][:400] for path in sorted(tmp_path.glob("*.md"))]
    assert len(set(bodies)) < 12


def test_vectors_are_unit_length_and_tell_texts_apart():
    found = vectors(["one", "two", "one"])
    assert found.shape == (3, DIMENSIONS)
    np.testing.assert_allclose(np.linalg.norm(found, axis=1), 1, rtol=1e-5)
    assert (found[0] == found[2]).all() and not (found[0] == found[1]).all()


def test_long_passes_are_not_repeated():
    assert wants_more([{"cpu_s": 1.0}])
    assert not wants_more([{"cpu_s": ENOUGH}])
    assert not wants_more([{"cpu_s": 1.0}] * REPEATS)


def test_a_missing_environment_says_how_to_make_it(monkeypatch, tmp_path):
    monkeypatch.setattr(peers, "DIRECTORY", tmp_path)
    with pytest.raises(peers.NoPeers, match="make bench-setup"):
        peers.interpreter()
