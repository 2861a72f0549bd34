"""placeholder"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest


class Server:
    def open(self) -> Any: ...
    def clear(self) -> None: ...


@contextmanager
def running_server(directory: Path) -> Iterator[Server]:
    pytest.skip("no Weaviate server: `make real-parts` builds one, or set TWIN_WEAVIATE_URL")
    yield Server()
