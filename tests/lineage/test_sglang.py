"""The SGLang engine against a real server, on weights that the lineage made.

Start one on a model directory of the same shape and name it:
`TWIN_TEST_SGLANG_COMMAND='python -m sglang.launch_server … --model-path {model} --port {port}'`.
"""

import os
import shlex
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from tests.lineage.conftest import AUTHOR, Lineage
from twin_core.errors import CheckpointError, EngineError
from twin_core.lake import MANIFEST
from twin_core.records import Checkpoint, Release
from twin_core.serving.engine import Sampling, complete
from twin_core.serving.sglang import SGLangEngine
from twin_core.template import prompt

COMMAND = os.environ.get("TWIN_TEST_SGLANG_COMMAND")
START_SECONDS = 300
GREEDY = Sampling(max_tokens=12, temperature=0.0, top_p=1.0)
ASKED = prompt("Ines Okafor", "What do you think about bread?")

pytestmark = pytest.mark.skipif(
    not COMMAND,
    reason="no SGLang server: set TWIN_TEST_SGLANG_COMMAND to a command that starts one, "
    "with {model} and {port} in it",
)


@pytest.fixture(scope="module")
def engine(lineage: Lineage) -> Iterator[SGLangEngine]:
    """A server that holds the SFT weights, ended by its process id."""
    assert COMMAND
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
    sft = lineage.lake.read_record("sft_checkpoint", AUTHOR, Checkpoint)
    command = shlex.split(COMMAND.format(model=sft.directory, port=port))
    server = subprocess.Popen(command, start_new_session=True)
    url = f"http://127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and not _ready(url):
            assert server.poll() is None, "the SGLang server ended while starting"
            time.sleep(1)
        yield SGLangEngine(url, None)
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(60)


def _ready(url: str) -> bool:
    try:
        return httpx2.get(f"{url}/health", timeout=10).status_code == 200
    except httpx2.TransportError:
        return False


@pytest.fixture
def release(lineage: Lineage) -> Release:
    return lineage.lake.read_record("promoted_twin", AUTHOR, Release)


def test_a_release_is_loaded_and_answers(engine: SGLangEngine, release: Release):
    with pytest.raises(EngineError, match="not ines-okafor's release"):
        complete(engine, release, ASKED, GREEDY)
    engine.load(release)
    assert engine.held() == release.weights_dir
    answer = complete(engine, release, ASKED, GREEDY)
    assert answer.text
    assert answer.completion_tokens <= 12
    assert answer.prompt_tokens > 20


def test_damaged_weights_never_reach_the_server(
    engine: SGLangEngine, release: Release, tmp_path: Path
):
    engine.load(release)
    damaged = tmp_path / "damaged"
    shutil.copytree(release.merged_dir, damaged)
    weights = damaged / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-100])
    assert (damaged / MANIFEST).exists()
    with pytest.raises(CheckpointError, match="bytes"):
        engine.load(release.model_copy(update={"merged_dir": str(damaged)}))
    assert complete(engine, release, ASKED, GREEDY).text


def test_weights_of_another_shape_never_reach_the_server(engine: SGLangEngine, release: Release):
    """The quantised release has another layout; the server would die of it."""
    engine.load(release)
    with pytest.raises(EngineError, match="quantization_config"):
        engine.load(release.model_copy(update={"weights": "gptq"}))
    assert complete(engine, release, ASKED, GREEDY).text
