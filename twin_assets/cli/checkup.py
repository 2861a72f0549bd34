"""`twin doctor`: each part that the twin needs, whether it is there, and what to do if not."""

import importlib.util
import os
import re
import shutil
import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from rich.markup import escape
from rich.table import Table

from twin_assets.cli.console import console
from twin_core.authors import load_authors
from twin_core.embedder import model_directory
from twin_core.embedder.backends import require as require_backend
from twin_core.errors import TwinError
from twin_core.recipe import Recipe, load_recipe
from twin_core.retrieval import rerank
from twin_core.settings import TwinSettings, load_settings

FREE_GIGABYTES = 5
WEAVIATE_FROM, WEAVIATE_TESTED = (1, 32), "1.39"  # 1.32 brought aliases and 8-bit quantisation
WEAVIATE_SECONDS = 5
PACKAGES = {
    "dagster": "dagster dagster-webserver",
    "collection": "httpx2 stamina feedparser trafilatura",
    "features": "sentence-transformers lancedb polars",
    "training": "torch transformers trl peft accelerate",
    "quantisation": "optimum gptqmodel ninja",
    "evaluation": "deepeval scikit-learn",
    "serving": "fastapi uvicorn openai",
}


@dataclass(frozen=True)
class Finding:
    """One line of the report; `needed`: whether the twin cannot do without."""

    name: str
    found: str
    good: bool
    remedy: str = ""
    needed: bool = True


def report() -> bool:
    """Print what is there and what is not; True when nothing needed is missing."""
    findings = _findings()
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("", "part", "found"):
        table.add_column(column)
    for finding in findings:
        mark = "[green]✓[/]" if finding.good else "[red]✗[/]" if finding.needed else "[yellow]![/]"
        text = escape(finding.found)
        if finding.remedy and not finding.good:
            text += f"\n[bold]Remedy:[/] {escape(finding.remedy)}"
        table.add_row(mark, finding.name, text)
    console.print(table)
    return all(finding.good for finding in findings if finding.needed)


def _findings() -> list[Finding]:
    found = [_python(), *(_packages(name, listed) for name, listed in PACKAGES.items())]
    try:
        settings = load_settings()
    except TwinError as error:
        return [*found, Finding("settings", error.problem, False, error.remedy)]
    try:
        recipe = load_recipe(
            settings.profile, base_model=settings.base_model, revision=settings.base_revision
        )
    except TwinError as error:
        return [*found, Finding("recipe", error.problem, False, error.remedy)]
    found.append(Finding("recipe", f"{recipe.name}: {recipe.description}", True))
    checks: list[Callable[[TwinSettings], Finding]] = [_home, _authors, _embedder, _backend]
    checks += [check for wanted, check in _chosen(settings) if wanted]
    checks += [_engine, _twins]
    return [
        *found,
        _compiler(),
        _accelerator(),
        _base(recipe),
        *(check(settings) for check in checks),
    ]


def _chosen(settings: TwinSettings) -> list[tuple[bool, Callable[[TwinSettings], Finding]]]:
    """Checks of parts that only some installations have, and whether this one does."""
    return [
        (settings.pii == "presidio", _presidio),
        (settings.rerank_model is not None, _reranker),
        (settings.weaviate_url is not None, _weaviate),
    ]


def _python() -> Finding:
    found = ".".join(map(str, sys.version_info[:3]))
    good = (3, 11) <= sys.version_info[:2] < (3, 13)
    return Finding("Python", found, good, "use Python 3.11 or 3.12.")


def _packages(concern: str, listed: str) -> Finding:
    present, missing = [], []
    for name in listed.split():
        try:
            present.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            missing.append(name)
    if missing:
        return Finding(concern, f"missing: {', '.join(missing)}", False, "run `make setup`.")
    return Finding(concern, ", ".join(present), True)


def _compiler() -> Finding:
    path = shutil.which("g++") or shutil.which("c++")
    remedy = "install g++ (Debian: apt-get install g++); GPTQ compiles its kernels."
    return Finding("C++ compiler", path or "none", path is not None, remedy)


def _accelerator() -> Finding:
    if importlib.util.find_spec("torch") is None:
        return Finding("accelerator", "torch is missing", False, "run `make setup`.")
    import torch

    if torch.cuda.is_available():
        return Finding("accelerator", torch.cuda.get_device_name(), True)
    kind = torch.backends.cpu.get_cpu_capability()
    note = "" if "AVX512" in kind else "; no AVX-512, so computing in float32"
    return Finding("accelerator", f"none; {os.cpu_count()} CPU cores, {kind}{note}", True)


def _base(recipe: Recipe) -> Finding:
    source = recipe.base.source
    if source.startswith("wheel:"):
        package = source.removeprefix("wheel:").replace("-", "_")
        there = importlib.util.find_spec(package) is not None
        return Finding("base model", source, there, "run `make setup`, or set TWIN_BASE_MODEL.")
    return Finding("base model", source, True)


def _home(settings: TwinSettings) -> Finding:
    place = settings.home
    while not place.exists():
        place = place.parent
    free = shutil.disk_usage(place).free / 1e9
    writable = os.access(place, os.W_OK)
    return Finding(
        "data folder",
        f"{settings.home}, {free:.0f} GB free" + ("" if writable else ", not writable"),
        writable and free >= FREE_GIGABYTES,
        f"set TWIN_HOME to a writable folder with {FREE_GIGABYTES} GB free.",
    )


def _authors(settings: TwinSettings) -> Finding:
    try:
        known = load_authors(settings.authors_file).authors
    except TwinError as error:
        return Finding("authors", error.problem, False, error.remedy, needed=False)
    names = ", ".join(author.slug for author in known) or "none"
    return Finding("authors", f"{names} ({settings.authors_file})", bool(known), "run `twin init`.")


def _embedder(settings: TwinSettings) -> Finding:
    try:
        return Finding("embedding model", str(model_directory(settings.embedding_model)), True)
    except TwinError as error:
        return Finding("embedding model", error.problem, False, error.remedy)


def _backend(settings: TwinSettings) -> Finding:
    try:
        require_backend(settings.embedding_backend)
    except TwinError as error:
        return Finding("embedding backend", error.problem, False, error.remedy)
    return Finding("embedding backend", settings.embedding_backend, True)


def _presidio(settings: TwinSettings) -> Finding:
    missing = [name for name in ("presidio_analyzer", "spacy") if not _is_there(name)]
    if missing:
        remedy = "`pip install 'llm-twin[presidio]'`, or set TWIN_PII=rules."
        return Finding("presidio", f"{', '.join(missing)} is not installed", False, remedy)
    model = settings.presidio_model
    if model and not (Path(model).is_dir() or (model.isidentifier() and _is_there(model))):
        return Finding(
            "presidio",
            f"TWIN_PRESIDIO_MODEL '{model}' is neither a folder nor an installed package",
            False,
            "give the directory of a spaCy model, install the package, or unset it.",
        )
    return Finding("presidio", f"installed, {model or 'without a model for names'}", True)


def _is_there(package: str) -> bool:
    return importlib.util.find_spec(package) is not None


def _reranker(settings: TwinSettings) -> Finding:
    model = str(settings.rerank_model)
    try:
        rerank.require(model)
    except TwinError as error:
        return Finding("rerank model", error.problem, False, error.remedy)
    return Finding("rerank model", model, True)


def _weaviate(settings: TwinSettings) -> Finding:
    if not _is_there("weaviate"):
        remedy = "`pip install 'llm-twin[weaviate]'`, or unset TWIN_WEAVIATE_URL."
        return Finding("Weaviate", "weaviate-client is not installed", False, remedy)
    try:
        return _weaviate_server(settings)
    except TwinError as error:
        return Finding("Weaviate", error.problem, False, error.remedy)


def _weaviate_server(settings: TwinSettings) -> Finding:
    """Whether both of its ports answer, and in which version; without its client, which takes a
    second to import."""
    import httpx2

    from twin_core.index.weaviate_server import WeaviateServer

    server = WeaviateServer(str(settings.weaviate_url), settings.weaviate_grpc, None)
    key = settings.weaviate_api_key
    headers = {"Authorization": f"Bearer {key.get_secret_value()}"} if key else {}
    start = (
        "start the server (`make weaviate`), or correct TWIN_WEAVIATE_URL and TWIN_WEAVIATE_GRPC."
    )
    meta = f"{server.url.rstrip('/')}/v1/meta"
    try:
        answer = httpx2.get(meta, headers=headers, timeout=WEAVIATE_SECONDS)
        if answer.status_code in (401, 403):
            remedy = "set TWIN_WEAVIATE_API_KEY to a key that may read and write there."
            return Finding("Weaviate", f"{server.url} does not accept the key", False, remedy)
        found = str(answer.raise_for_status().json()["version"])
    except (httpx2.HTTPError, httpx2.InvalidURL, ValueError, KeyError, TypeError) as error:
        return Finding("Weaviate", f"{meta} does not answer as a Weaviate: {error!r}", False, start)
    grpc = server.grpc_host, server.grpc_port
    try:
        socket.create_connection(grpc, WEAVIATE_SECONDS).close()
    except OSError as error:
        said = f"its gRPC, {grpc[0]}:{grpc[1]}, does not answer: {error}"
        return Finding("Weaviate", f"{found} at {server.url}, but {said}", False, start)
    oldest = ".".join(map(str, WEAVIATE_FROM))
    return Finding(
        "Weaviate",
        f"{found} at {server.url} ({WEAVIATE_TESTED} is tested)",
        tuple(map(int, re.findall(r"\d+", found)[:2])) >= WEAVIATE_FROM,
        f"run a Weaviate of at least {oldest}; {WEAVIATE_TESTED} is tested.",
    )


def _engine(settings: TwinSettings) -> Finding:
    if settings.engine_url is None:
        return Finding("engine", "embedded (TWIN_ENGINE_URL is not set)", True)
    from twin_core.serving.sglang import SGLangEngine

    key = settings.engine_api_key
    try:
        held = SGLangEngine(settings.engine_url, key.get_secret_value() if key else None).held()
    except TwinError as error:
        return Finding("engine", error.problem, False, error.remedy)
    return Finding("engine", f"SGLang at {settings.engine_url}, holding {held}", True)


def _twins(settings: TwinSettings) -> Finding:
    from twin_core.lake import Lake

    names = Lake(settings.lake_dir).keys("promoted_twin")
    remedy = "make one: `twin run AUTHOR`, or `make demo`."
    return Finding(
        "promoted twins", ", ".join(names) or "none yet", bool(names), remedy, needed=False
    )
