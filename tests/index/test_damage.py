"""An index of LanceDB whose files hold something else: a clear error, and its remedy works."""

import random
import re
import shutil
from pathlib import Path

import pytest

from tests.core.stages import AUTHOR, Stages, article
from tests.index.rows import everything, fill, named
from twin_core.errors import LakeError
from twin_core.index.base import Query
from twin_core.index.lance import LanceIndex
from twin_core.index.lance_table import LanceTable

ARTICLES = {f"d{n}": article(f"d{n}", random.Random(n)) for n in range(6)}
ASKED = (Query(text="oven night"), Query([1.0] + [0.0] * 7), Query([1.0] + [0.0] * 7, "oven"))


def garbled(path: Path, how: str) -> None:
    """Other bytes of the same length: all, the last ones, or a third in the middle, flipped."""
    content = path.read_bytes()
    third = len(content) // 3
    match how:
        case "all":
            content = random.Random(1).randbytes(len(content))
        case "end":
            content = content[:-4] + b"xxxx"
        case "middle":
            flipped = bytes(byte ^ 255 for byte in content[third : 2 * third])
            content = content[:third] + flipped + content[2 * third :]
    path.write_bytes(content)


@pytest.mark.parametrize("work", ["search", "follow", "optimise"])
@pytest.mark.parametrize("how", ["all", "end", "middle", "gone"])
@pytest.mark.parametrize("part", ["data/*.lance", "_versions/*.manifest", "_indices/*/part_*"])
def test_files_of_the_right_length_that_hold_something_else(
    tmp_path: Path, part: str, how: str, work: str
):
    stages = Stages(tmp_path)
    stages.run(ARTICLES)
    wanted = stages.held()
    place = LanceTable(stages.index.location, AUTHOR)
    for path in place.path.glob(part):
        path.unlink() if how == "gone" else garbled(path, how)
    stages = Stages(tmp_path)
    try:
        match work:
            case "search":
                for query in ASKED:
                    stages.index.search(AUTHOR, query, 9)
            case "follow":
                stages.run({**ARTICLES, "d3": article("d3", random.Random(33))})
            case _:
                stages.index.optimise(AUTHOR)
    except LakeError as error:
        if found := re.search(r"remove (\S+) and materialise", error.remedy):
            shutil.rmtree(found[1])
        else:
            assert "twin run ines" in error.remedy
        stages = Stages(tmp_path)
        stages.run(ARTICLES)
        assert stages.held() == wanted


def test_what_a_killed_removal_left_is_removed_by_the_next(lance: LanceIndex):
    fill(lance, "ines", named("d1.c0"))
    left = Path(lance.location) / ".chunks__ines.1.gone"
    (left / "data").mkdir(parents=True)
    other = Path(lance.location) / ".chunks__ines-two.1.gone"
    other.mkdir()
    lance.drop("ines")
    assert not left.exists() and other.exists()
    fill(lance, "ines", named("d1.c0"))
    assert everything(lance, "ines").keys() == {"d1.c0"}
