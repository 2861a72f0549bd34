"""What is published of the benchmarks is well-formed, and the page shows what was recorded."""

import pytest

from benchmarks import results

ENTRY = {
    "metric": "a",
    "name": "a pass",
    "ours": 1.0,
    "peer": 4.0,
    "ratio": 0.25,
    "target": 0.1,
    "unit": "CPU-s",
    "note": "",
}


def test_every_recorded_entry_is_well_formed():
    for entry in results.read():
        assert results.faults(entry) == []
        assert entry["machine"] and entry["date"]


def test_the_page_shows_the_recorded_results():
    page = results.PAGE.read_text(encoding="utf-8")
    assert results.rendered(page, results.read()) == page, (
        "run `python -m benchmarks` or results.render"
    )


@pytest.mark.parametrize(
    "change",
    [{"ratio": 0.5}, {"ours": 0}, {"peer": None}, {"ours": True}, {"target": "1"}, {"note": None}],
)
def test_a_malformed_entry_is_not_saved(tmp_path, change):
    path = tmp_path / "results.json"
    with pytest.raises(ValueError, match="a a pass"):
        results.save([{**ENTRY, **change}], path)
    assert not path.exists()


def test_saving_replaces_the_metric_and_keeps_the_others(tmp_path):
    path = tmp_path / "results.json"
    results.save([ENTRY, {**ENTRY, "name": "old"}, {**ENTRY, "metric": "k", "target": 5}], path)
    results.save([{**ENTRY, "ours": 0.2, "ratio": 0.05}], path)
    assert [(e["metric"], e["ratio"]) for e in results.read(path)] == [("a", 0.05), ("k", 0.25)]


def test_a_target_is_a_ceiling_for_cost_and_a_floor_for_throughput():
    assert results.met({**ENTRY, "ratio": 0.1}) and not results.met({**ENTRY, "ratio": 0.11})
    faster = {**ENTRY, "metric": "k", "target": 5}
    assert results.met({**faster, "ratio": 5.1}) and not results.met({**faster, "ratio": 4.9})
    assert results.met({**ENTRY, "target": None}) is None


def test_rendering_twice_changes_nothing_and_leaves_the_rest_alone():
    stamped = [{**ENTRY, "machine": "two cores", "date": "2026-11-24"}]
    page = f"before\n{results.BEGIN}\nold\n{results.END}\nafter\n"
    once = results.rendered(page, stamped)
    assert results.rendered(once, stamped) == once
    assert once.startswith("before\n") and once.endswith("\nafter\n")
    assert "old" not in once and "| 0.25 | ≤ 0.1 | **no** |" in once
    with pytest.raises(ValueError, match="marks"):
        results.rendered("no marks", stamped)
