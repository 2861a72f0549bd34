"""The twin as a Dagster asset graph: thin assets over `twin_core`, one file per lineage group."""
