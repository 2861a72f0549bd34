"""The quality that metric b holds its backends to falls with the vectors, and is not 1 for all."""

import numpy as np

from benchmarks.embedding import ndcg, questions

ASKED = {"documents": ["a", "a", *"bcdefghijk"], "own": [0, 2]}


def test_ndcg_is_one_for_the_ideal_order_and_less_below_it():
    passages = np.eye(12, dtype=np.float32)
    cut, queries = passages[[0, 2]], passages[[0, 2]]
    queries[0, 1] = 0.4  # its article's other passage comes second
    scores, nearest = ndcg(ASKED, np.vstack([passages, cut, queries]))
    assert np.allclose(scores, 1) and nearest[0, :2].tolist() == [0, 1] and nearest[1, 0] == 2
    worse, _ = ndcg(ASKED, np.vstack([passages, -cut, queries]))  # without its sentence, unlike it
    assert (worse < 0.9).all()


def test_a_question_is_not_in_the_passage_it_is_asked_of():
    asked = questions()
    assert len(asked["queries"]) == len(asked["own"]) == len(asked["cut"]) > 1000
    for query, own, cut in zip(asked["queries"], asked["own"], asked["cut"], strict=True):
        assert query in asked["passages"][own] and len(cut) < len(asked["passages"][own])
