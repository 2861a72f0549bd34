"""Our measurements as DeepEval metrics: none of them needs a judge.

Each takes an `LLMTestCase` and leaves `score`, `success` and `reason`, as DeepEval's own do.
"""

from typing import TYPE_CHECKING, Any

from twin_core.causal_lm import LanguageModel, perplexity
from twin_core.evaluation.voice import voice_scores
from twin_core.records import VoiceVerifier
from twin_core.template import Message

if TYPE_CHECKING:
    from deepeval.metrics import BaseMetric
    from deepeval.test_case import LLMTestCase

SHARED_WORDS = 8  # a run this long is copied, not remembered by chance


def written(
    question: str, answer: str, reference: str, prompt: list[Message] | None = None
) -> "LLMTestCase":
    """What was asked, what the model answered, and what the author wrote; the full prompt beside
    it."""
    from deepeval.test_case import LLMTestCase

    return LLMTestCase(
        input=question,
        actual_output=answer,
        expected_output=reference,
        metadata={"prompt": prompt} if prompt else None,
    )


def _base() -> Any:
    from deepeval.metrics import BaseMetric

    class Measured(BaseMetric):
        """A metric that is one function of a test case."""

        async_mode = False
        lower_is_better = False
        label = ""

        def __init__(self, threshold: float) -> None:
            self.threshold = self.bound = threshold

        def value(self, case: "LLMTestCase") -> tuple[float, str]:
            raise NotImplementedError

        def measure(self, test_case: "LLMTestCase", *_: Any, **__: Any) -> float:
            self.score, self.reason = self.value(test_case)
            within = self.score <= self.bound
            self.success = within if self.lower_is_better else self.score >= self.bound
            return self.score

        async def a_measure(self, test_case: "LLMTestCase", *_: Any, **__: Any) -> float:
            return self.measure(test_case)

        def is_successful(self) -> bool:
            return bool(self.success)

        @property
        def __name__(self) -> str:  # pyright: ignore[reportIncompatibleMethodOverride]
            return self.label

    return Measured


def voice_metric(verifier: VoiceVerifier, threshold: float = 0.5) -> "BaseMetric":
    """Probability that the author wrote `actual_output`, 0..1; more is better."""

    class Voice(_base()):
        label = "Voice"

        def value(self, case: "LLMTestCase") -> tuple[float, str]:
            if not (case.actual_output or "").strip():
                return 0.0, "the answer is empty"
            score = voice_scores(verifier, [case.actual_output or ""])[0]
            return score, f"the verifier gives {score:.0%} for {verifier.author}"

    return Voice(threshold)


def perplexity_metric(lm: LanguageModel, threshold: float) -> "BaseMetric":
    """Perplexity of `expected_output` (what the author really wrote) given the prompt; less is
    better."""

    class HeldOutPerplexity(_base()):
        label = "Held-out perplexity"
        lower_is_better = True

        def value(self, case: "LLMTestCase") -> tuple[float, str]:
            messages = (case.metadata or {})["prompt"]
            score, tokens = perplexity(lm, [(messages, case.expected_output or "")])
            return score, f"over {tokens} tokens of the author's"

    return HeldOutPerplexity(threshold)


def verbatim_metric(training_texts: list[str], threshold: float = 0.2) -> "BaseMetric":
    """Share of the answer's words inside runs of 8 that stand in the training text; less is
    better."""
    known = {run for text in training_texts for run in _runs(text.split())}

    class Verbatim(_base()):
        label = "Verbatim"
        lower_is_better = True

        def value(self, case: "LLMTestCase") -> tuple[float, str]:
            words = (case.actual_output or "").split()
            copied: set[int] = set()
            for place, run in enumerate(_runs(words)):
                if run in known:
                    copied.update(range(place, place + SHARED_WORDS))
            share = len(copied) / len(words) if words else 0.0
            return share, f"{len(copied)} of {len(words)} words are copied"

    return Verbatim(threshold)


def _runs(words: list[str]) -> list[tuple[str, ...]]:
    return [tuple(words[i : i + SHARED_WORDS]) for i in range(len(words) - SHARED_WORDS + 1)]
