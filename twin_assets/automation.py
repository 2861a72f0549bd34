"""When assets run by themselves: on changed data, behind passed gates, in two sensors by cost."""

import dagster as dg

_ON_CHANGED_DATA = dg.AutomationCondition.eager().replace(
    "newly_updated", dg.AutomationCondition.data_version_changed()
)

# A blocking check stops its own run only; a later run asks this condition.
WHEN_INPUTS_CHANGE = (
    _ON_CHANGED_DATA & dg.AutomationCondition.all_deps_blocking_checks_passed()
).with_label("inputs changed, gates passed")

LIGHT_GROUPS = ("features", "datasets")
HEAVY_GROUPS = ("training", "evaluation", "serving")


def automation_sensors() -> list[dg.SensorDefinition]:
    """What costs seconds follows by itself; what costs hours waits until someone switches it on."""
    return [
        dg.AutomationConditionSensorDefinition(
            "keep_features_fresh",
            target=dg.AssetSelection.groups(*LIGHT_GROUPS),
            default_status=dg.DefaultSensorStatus.RUNNING,
            description="Cleans, chunks, embeds, indexes and splits what collection brought in.",
        ),
        dg.AutomationConditionSensorDefinition(
            "keep_twins_trained",
            target=dg.AssetSelection.groups(*HEAVY_GROUPS),
            default_status=dg.DefaultSensorStatus.STOPPED,
            description="Trains, evaluates and promotes by itself; off until you want that.",
        ),
    ]


def twin_job() -> "dg.UnresolvedAssetJobDefinition":  # type: ignore[name-defined]
    """The whole lineage of one author; `twin run` and the UI start the same job."""
    return dg.define_asset_job(
        "twin",
        selection=dg.AssetSelection.all(),
        description="Articles in, a served twin out, for one author.",
    )
