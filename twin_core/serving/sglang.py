"""An SGLang server over HTTP, spoken to with the OpenAI client. Never expose that server itself.

Facts of SGLang 0.5 that shape this file: an unknown model name is answered all the same, so we ask
the server which weights it holds; damaged weights or weights of another shape kill it, so both are
checked before a swap.
"""

import json
from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from twin_core.errors import CheckpointError, EngineError
from twin_core.lake import read_manifest
from twin_core.records import Release
from twin_core.serving.engine import Piece, Sampling
from twin_core.template import Message

if TYPE_CHECKING:
    import httpx2

SHAPE = (
    "model_type",
    "vocab_size",
    "hidden_size",
    "intermediate_size",
    "num_hidden_layers",
    "num_attention_heads",
    "num_key_value_heads",
    "quantization_config",
)
SWAP_TIMEOUT_SECONDS = 600.0


class SGLangEngine:
    """One server, which holds one release at a time."""

    name = "sglang"
    at_once = 32  # it batches them; each holds one thread of the gateway

    def __init__(self, url: str, api_key: str | None) -> None:
        self.url = url.rstrip("/").removesuffix("/v1")
        self._key = api_key

    def _http(self, timeout: float = 30.0) -> "httpx2.Client":
        import httpx2

        headers = {"Authorization": f"Bearer {self._key}"} if self._key else {}
        return httpx2.Client(base_url=self.url, headers=headers, timeout=timeout)

    def _held(self) -> dict[str, Any]:
        import httpx2

        try:
            with self._http() as client:
                response = client.get("/model_info")
                response.raise_for_status()
                return response.json()
        except (httpx2.HTTPError, ValueError) as error:
            raise EngineError(
                f"the SGLang server at {self.url} does not answer: {error}",
                "start it, or correct TWIN_ENGINE_URL; unset it to use the embedded engine.",
            ) from error

    def held(self) -> str:
        """The path of the weights that the server holds."""
        return str(self._held().get("model_path"))

    def load(self, release: Release) -> None:
        held = self._held()
        if held.get("model_path") == release.weights_dir:
            return
        directory = Path(release.weights_dir)
        read_manifest(directory, digests=True)
        self._require_shape(Path(str(held["model_path"])), directory)
        import httpx2

        order = {
            "model_path": release.weights_dir,
            "weight_version": release.release_id,
            "flush_cache": True,
        }
        try:
            with self._http(SWAP_TIMEOUT_SECONDS) as client:
                response = client.post("/update_weights_from_disk", json=order)
        except httpx2.HTTPError as error:
            raise EngineError(
                f"the SGLang server at {self.url} broke off while loading {release.release_id}",
                "look at its log; its supervisor should restart it with the old weights.",
            ) from error
        if response.status_code != 200:
            raise EngineError(
                f"the SGLang server refused {release.weights_dir}: {response.text[:200]}",
                "it goes on with the old weights; it must see the same files as this process.",
            )

    def _require_shape(self, held: Path, wanted: Path) -> None:
        def shape(directory: Path) -> dict[str, Any]:
            try:
                config = json.loads((directory / "config.json").read_text())
            except (OSError, ValueError) as error:
                raise CheckpointError(
                    f"{directory / 'config.json'} cannot be read",
                    "start the SGLang server on weights that this process sees too.",
                ) from error
            return {key: config.get(key) for key in SHAPE}

        before, after = shape(held), shape(wanted)
        differing = [key for key in SHAPE if before[key] != after[key]]
        if differing:
            raise EngineError(
                f"the SGLang server holds a model of another shape ({', '.join(differing)} differ)",
                f"restart it with --model-path {wanted}",
            )

    def stream(
        self, release: Release, messages: list[Message], sampling: Sampling
    ) -> Generator[Piece, None, None]:
        import openai

        held = self.held()
        if held != release.weights_dir:
            raise EngineError(
                f"the SGLang server holds {held}, not {release.author}'s release",
                f"materialise served_twin of {release.author} to load it.",
            )
        client = openai.OpenAI(
            base_url=f"{self.url}/v1", api_key=self._key or "none", max_retries=0, timeout=120.0
        )
        reason, usage = None, None
        try:
            with client.chat.completions.create(
                model=release.weights_dir,
                messages=cast(Any, messages),
                stream=True,
                stream_options={"include_usage": True},
                max_tokens=sampling.max_tokens,
                temperature=sampling.temperature,
                top_p=sampling.top_p,
                seed=sampling.seed,
                stop=list(sampling.stop) or openai.omit,
                extra_body={"repetition_penalty": sampling.repetition_penalty},
            ) as chunks:
                for chunk in chunks:
                    usage = chunk.usage or usage
                    for choice in chunk.choices:
                        reason = choice.finish_reason or reason
                        if choice.delta.content:
                            yield Piece(choice.delta.content)
        except openai.OpenAIError as error:
            raise EngineError(
                f"the SGLang server at {self.url} failed: {error}", "look at its log."
            ) from error
        if reason is None:
            raise EngineError(
                f"the SGLang server at {self.url} broke off mid-answer", "look at its log."
            )
        yield Piece(
            finish_reason="length" if reason == "length" else "stop",
            prompt_tokens=usage.prompt_tokens if usage else 0,
            completion_tokens=usage.completion_tokens if usage else 0,
        )
