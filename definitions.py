"""The code location: the asset graph, its gates, automation and resources. Assembled here, written
elsewhere."""

import dagster as dg

from twin_assets import (
    collection,
    datasets,
    evaluation,
    features,
    serving,
    training,
)
from twin_assets.automation import automation_sensors, twin_job
from twin_assets.io_managers import ParquetIOManager, RecordIOManager
from twin_assets.resources import TwinResource
from twin_assets.sensors import new_content

GROUPS = [collection, features, datasets, training, evaluation, serving]

defs = dg.Definitions(
    assets=dg.load_assets_from_modules(GROUPS),
    asset_checks=dg.load_asset_checks_from_modules(GROUPS),
    jobs=[twin_job(), features.index_upkeep],
    schedules=[features.nightly_upkeep],
    sensors=[new_content, *automation_sensors()],
    resources={
        "twin": TwinResource(),
        "parquet": ParquetIOManager(),
        "record": RecordIOManager(),
    },
    executor=dg.in_process_executor,
)
