"""More kinds of personal data by presidio, after our own rules: an extra.

Without a language model only what its patterns and checksums recognise surely is asked for. With a
spaCy model of yours, names of people become `[name]` too: also those whom the author writes about.
"""

from collections import Counter
from functools import lru_cache
from typing import Any

from twin_core.errors import SettingError
from twin_core.features.clean import Redact
from twin_core.features.pii import redact_all

KINDS = {
    "CRYPTO": "wallet",
    "MEDICAL_LICENSE": "licence",
    "UK_NHS": "health number",
    "US_ITIN": "tax number",
    "US_SSN": "social security number",
}
NAMES = {"PERSON": "name"}
MIN_SCORE = 0.5  # presidio's; below it are bare runs of digits
LANGUAGE = "en"


def redactor(model: str | None) -> Redact:
    """`pii.redact_all` with presidio's kinds on top. model: a spaCy package or directory, for
    names; `SettingError` where it or presidio is missing."""
    analyzer, kinds = _analyzer(model), {**KINDS, **(NAMES if model else {})}

    def redact(texts: list[str]) -> tuple[list[str], list[str | None]]:
        found = [
            _redacted(analyzer, kinds, text, said)
            for text, said in zip(*redact_all(texts), strict=True)
        ]
        return [text for text, _ in found], [said for _, said in found]

    return redact


def _redacted(
    analyzer: Any, kinds: dict[str, str], text: str, said: str | None
) -> tuple[str, str | None]:
    results = analyzer.analyze(
        text, language=LANGUAGE, entities=list(kinds), score_threshold=MIN_SCORE
    )
    counts: Counter[str] = Counter()
    begun = len(text)
    for result in sorted(results, key=lambda one: (one.start, one.end), reverse=True):
        if result.end > begun:  # within what was just replaced
            continue
        kind, begun = kinds[result.entity_type], result.start
        text = f"{text[:begun]}[{kind}]{text[result.end :]}"
        counts[kind] += 1
    more = [f"{kind} {count}" for kind, count in sorted(counts.items())]
    return text, ", ".join(filter(None, [said, *more])) or None


@lru_cache(maxsize=2)
def _analyzer(model: str | None) -> Any:
    try:
        import spacy
        from presidio_analyzer import AnalyzerEngine, RecognizerRegistry
        from presidio_analyzer.nlp_engine import SpacyNlpEngine
    except ImportError as error:
        raise SettingError(
            "TWIN_PII is presidio, but presidio-analyzer is not installed",
            "`pip install 'llm-twin[presidio]'`, or set TWIN_PII=rules.",
        ) from error
    try:
        pipeline = spacy.load(model) if model else spacy.blank(LANGUAGE)
    except OSError as error:
        raise SettingError(
            f"TWIN_PRESIDIO_MODEL '{model}' is no spaCy model",
            "give the directory of one, or an installed package; nothing is downloaded.",
        ) from error

    class Loaded(SpacyNlpEngine):
        def __init__(self) -> None:
            super().__init__()
            self.nlp = {LANGUAGE: pipeline}

    registry = RecognizerRegistry()
    registry.load_predefined_recognizers(languages=[LANGUAGE])
    return AnalyzerEngine(nlp_engine=Loaded(), registry=registry, supported_languages=[LANGUAGE])
