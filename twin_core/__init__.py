"""Everything of the twin that makes sense without Dagster: rows, stages, training, evaluation,
serving."""
