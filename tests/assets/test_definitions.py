"""The code location: cheap to load, complete, and described."""

import subprocess
import sys

import dagster as dg
import pytest

from definitions import defs
from twin_core.settings import PROJECT

HEAVY = (
    "torch transformers trl peft datasets accelerate weaviate lancedb pyarrow mlflow"
    " deepeval sentence_transformers sklearn gptqmodel optimum matplotlib openai fastapi"
    " trafilatura"
    " feedparser httpx2"
).split()
LINEAGE = {
    "collection": {"raw_articles"},
    "features": {"cleaned_docs", "doc_chunks", "chunk_embeddings", "chunk_index"},
    "datasets": {"corpus_split", "instruct_dataset", "preference_dataset"},
    "training": {"base_model", "sft_checkpoint", "dpo_checkpoint", "gptq_weights"},
    "evaluation": {"voice_verifier", "retrieval_report", "eval_report"},
    "serving": {"promoted_twin", "served_twin", "inference_report"},
}
SPECS = {spec.key.to_user_string(): spec for spec in defs.resolve_all_asset_specs()}


def run_python(code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=PROJECT, check=True
    )
    return done.stdout.strip()


def test_importing_definitions_loads_no_heavy_library():
    code = f"import sys, definitions; print([m for m in {HEAVY} if m in sys.modules])"
    assert run_python(code) == "[]"


def test_importing_definitions_compiles_no_rules_of_cleaning_or_retrieval():
    rules = ["twin_core.features.clean", "twin_core.features.pii", "twin_core.retrieval.search"]
    code = f"import sys, definitions; print([m for m in {rules} if m in sys.modules])"
    assert run_python(code) == "[]"


def test_core_never_imports_dagster():
    code = (
        "import sys, pkgutil, importlib, twin_core\n"
        "for m in pkgutil.walk_packages(twin_core.__path__, 'twin_core.'):\n"
        "    importlib.import_module(m.name)\n"
        f"print([m for m in ['dagster', *{HEAVY}] if m in sys.modules])"
    )
    assert run_python(code) == "[]"


def test_the_help_of_the_command_line_loads_no_heavy_library():
    code = (
        "import sys\nfrom typer.testing import CliRunner\nfrom twin_assets.cli import app\n"
        "assert CliRunner().invoke(app, ['--help']).exit_code == 0\n"
        f"print([m for m in ['dagster', *{HEAVY}] if m in sys.modules])"
    )
    assert run_python(code) == "[]"


def test_the_graph_is_the_one_of_the_design():
    groups: dict[str, set[str]] = {}
    for name, spec in SPECS.items():
        groups.setdefault(spec.group_name or "", set()).add(name)
    assert groups == LINEAGE


@pytest.mark.parametrize("name", sorted(SPECS))
def test_every_asset_is_described_owned_and_placed(name: str):
    spec = SPECS[name]
    assert spec.description
    assert spec.owners
    assert spec.kinds
    expected = None if name == "base_model" else "authors"
    assert (spec.partitions_def.name if spec.partitions_def else None) == expected  # type: ignore[union-attr]


def test_every_table_shows_its_columns_with_descriptions():
    tables = {n: s.metadata.get("dagster/column_schema") for n, s in SPECS.items()}
    shown = {name for name, schema in tables.items() if schema}
    assert len(shown) == 7
    for name in shown:
        schema = tables[name]
        assert isinstance(schema, dg.TableSchema)
        assert all(column.description for column in schema.columns)


def test_every_gate_is_there_and_the_hard_ones_block():
    checks = {
        spec.name: spec.blocking
        for definition in defs.asset_checks or ()
        for spec in definition.check_specs  # type: ignore[union-attr]
    }
    assert {name for name, blocking in checks.items() if blocking} == {
        "has_live_articles",
        "has_usable_documents",
        "chunks_fit_the_encoder",
        "index_holds_every_chunk_once",
        "answers_are_the_authors_words",
        "preferences_differ",
        "sft_learned_the_author",
        "dpo_kept_the_language",
        "gptq_is_close",
        "report_is_sound",
        "twin_answers",
    }


def test_only_collection_waits_for_the_sensor():
    manual = {name for name, spec in SPECS.items() if spec.automation_condition is None}
    assert manual == {"raw_articles"}


def test_what_costs_hours_does_not_start_by_itself():
    sensors = {sensor.name: sensor.default_status for sensor in defs.sensors or ()}
    assert sensors == {
        "new_content": dg.DefaultSensorStatus.RUNNING,
        "keep_features_fresh": dg.DefaultSensorStatus.RUNNING,
        "keep_twins_trained": dg.DefaultSensorStatus.STOPPED,
    }


def test_what_holds_a_model_takes_turns():
    pools = {
        node.name: node.pool
        for definition in defs.assets or ()
        for node in [definition.op]  # type: ignore[union-attr]
        if node.pool
    }
    assert pools["sft_checkpoint"] == pools["eval_report"] == "accelerator"
    assert pools["chunk_index"] == "index"
