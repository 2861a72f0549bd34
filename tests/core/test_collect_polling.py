"""The process that lists sources for the sensor: small, since each tick starts one."""

import json
import subprocess
import sys
from pathlib import Path

from tests.core.test_collect import folder
from twin_core.collect.source import _READERS

LISTING = """
import json, sys
from importlib import import_module
from twin_core.collect import polling
spec, cache, modules = json.load(sys.stdin)
assert polling.listed(spec, {"cache": cache}, 5.0)
for module in modules:
    import_module(module)
print(json.dumps(sorted({name.partition(".")[0] for name in sys.modules})))
"""


def test_the_process_that_lists_loads_no_library_of_tables(articles: Path, tmp_path: Path):
    modules = sorted({reader.partition(":")[0] for reader in _READERS.values()})
    given = [folder(articles).model_dump(mode="json"), str(tmp_path / "cache"), modules]
    child = [sys.executable, "-c", LISTING]
    done = subprocess.run(child, input=json.dumps(given), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    loaded = json.loads(done.stdout)
    assert "pydantic" in loaded
    assert not {"polars", "pyarrow", "numpy", "dagster", "torch"} & set(loaded)
