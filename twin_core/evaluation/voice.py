"""A voice verifier: did this author write it, or not?

Words that few texts share are replaced by asterisks of their length (text distortion, Stamatatos
2017), so that what is left is function words, punctuation and rhythm, not topics; then character
n-grams and a logistic regression. Negatives are neutral texts and what the base model answers to
the author's own prompts: a distance such as Burrows's Delta alone passes generic text for anyone's.
"""

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from twin_core.errors import DataError
from twin_core.fingerprint import fingerprint
from twin_core.records import VoiceVerifier

VERSION = "voice-1"
COMMON_WORDS = 250
FEATURES = 1 << 13
NGRAMS = (2, 5)
MIN_POSITIVES = 8
_TOKEN = re.compile(r"\w+", re.UNICODE)


def common_words(texts: Sequence[str]) -> tuple[str, ...]:
    """The words that stand in most of the texts: the ones that distortion leaves readable."""
    spread: Counter[str] = Counter()
    for text in texts:
        spread.update({word.lower() for word in _TOKEN.findall(text)})
    ranked = sorted(spread.items(), key=lambda item: (-item[1], item[0]))
    return tuple(word for word, _ in ranked[:COMMON_WORDS])


def distort(text: str, vocabulary: frozenset[str]) -> str:
    """The text with every word outside the vocabulary as asterisks, Markdown marks and layout
    removed."""
    plain = re.sub(r"\]\([^()]*(?:\([^()]*\)[^()]*)*\)|[\[\]`*_>#]", "", text)
    plain = re.sub(r"\s+", " ", plain).strip()
    return _TOKEN.sub(
        lambda m: m[0].lower() if m[0].lower() in vocabulary else "*" * len(m[0]), plain
    )


@lru_cache(maxsize=1)
def _vectoriser():
    from sklearn.feature_extraction.text import HashingVectorizer

    return HashingVectorizer(
        analyzer="char", ngram_range=NGRAMS, n_features=FEATURES, lowercase=False, norm="l2"
    )


def _features(texts: Sequence[str], vocabulary: Sequence[str]) -> Any:
    known = frozenset(vocabulary)
    return _vectoriser().transform([distort(text, known) for text in texts])


def train_verifier(
    author: str,
    name: str,
    own: Sequence[str],
    own_held_out: Sequence[str],
    negatives: dict[str, tuple[Sequence[str], Sequence[str]]],
) -> VoiceVerifier:
    """Fit on `own` against the negatives; negatives: kind → (training texts, held-out texts).

    name: the fingerprint of the inputs. AUC is measured on the held-out texts of both sides, also
    by kind.
    """
    from sklearn.linear_model import LogisticRegression

    if len(own) < MIN_POSITIVES or not own_held_out:
        raise DataError(
            f"{author} has {len(own)} training and {len(own_held_out)} held-out passages; "
            f"a voice needs {MIN_POSITIVES} and 1",
            "add articles, or lower instruct.min_words in the recipe.",
        )
    others = [text for train, _ in negatives.values() for text in train]
    vocabulary = common_words([*own, *others])
    classifier = LogisticRegression(C=30.0, class_weight="balanced", max_iter=2000)
    classifier.fit(_features([*own, *others], vocabulary), [1] * len(own) + [0] * len(others))
    coefficients: Any = classifier.coef_
    intercept: Any = classifier.intercept_
    weights = {i: round(float(w), 6) for i, w in enumerate(coefficients[0]) if w}
    verifier = VoiceVerifier(
        author=author,
        fingerprint=name,
        vocabulary=vocabulary,
        weights=weights,
        bias=float(intercept[0]),
        auc=0.0,
        auc_by_negative={},
        held_out=len(own_held_out),
    )
    positive = voice_scores(verifier, own_held_out)
    by_kind = {kind: voice_scores(verifier, held) for kind, (_, held) in negatives.items()}
    return verifier.model_copy(
        update={
            "auc": _auc(positive, [score for scores in by_kind.values() for score in scores]),
            "auc_by_negative": {kind: _auc(positive, scores) for kind, scores in by_kind.items()},
        }
    )


def voice_scores(verifier: VoiceVerifier, texts: Sequence[str]) -> list[float]:
    """Probability of each text being the author's, 0..1."""
    import numpy as np

    if not texts:
        return []
    coefficients = np.zeros(FEATURES)
    coefficients[list(verifier.weights)] = list(verifier.weights.values())
    logits = _features(texts, verifier.vocabulary) @ coefficients + verifier.bias
    return [float(p) for p in 1 / (1 + np.exp(-logits))]


def _auc(positive: Sequence[float], negative: Sequence[float]) -> float:
    """Area under the ROC curve: the odds that a text of the author's scores above one that is
    not."""
    pairs = [(p > n) + (p == n) / 2 for p in positive for n in negative]
    return round(sum(pairs) / len(pairs), 4) if pairs else 0.5


def interval(values: Sequence[float], seed: int = 0) -> tuple[float, float]:
    """95 % bootstrap interval of the mean (Efron 1979, percentile), 1,000 resamples."""
    import numpy as np

    draws = np.random.default_rng(seed).choice(values, size=(1000, len(values)))
    low, high = np.percentile(draws.mean(axis=1), [2.5, 97.5])
    return round(float(low), 4), round(float(high), 4)


def verifier_fingerprint(*inputs: str) -> str:
    """The name of the verifier that these inputs lead to."""
    return fingerprint(VERSION, *inputs)
