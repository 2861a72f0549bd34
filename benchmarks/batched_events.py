"""Prototype of metric h: Dagster's SQLite event log, one transaction for a batch of partitions.

Stock SQLite storage stores the events of a batch one by one, three transactions each; PostgreSQL's
already batches. Takes effect with DAGSTER_EVENT_BATCH_SIZE above 0 and, in dagster.yaml,
`event_log_storage: {module: …, class: BatchedSqliteEventLog, config: {base_dir: …}}`.
"""

from collections.abc import Sequence
from typing import Any

from dagster import DagsterEventType, EventLogEntry
from dagster._core.storage.event_log.schema import SqlEventLogStorageTable
from dagster._core.storage.event_log.sqlite.sqlite_event_log import SqliteEventLogStorage

BATCHED = {DagsterEventType.ASSET_MATERIALIZATION, DagsterEventType.ASSET_MATERIALIZATION_PLANNED}


class BatchedSqliteEventLog(SqliteEventLogStorage):
    """Stores what `SqliteEventLogStorage` stores, a batch of materialisations at a time."""

    @classmethod
    def from_config_value(cls, inst_data: Any, config_value: Any) -> "BatchedSqliteEventLog":
        return cls(inst_data=inst_data, **config_value)

    def store_event_batch(self, events: Sequence[EventLogEntry]) -> None:
        """All events are of one run and one asset, as a step emits them; others go one by one."""
        kinds = {event.get_dagster_event().event_type for event in events}
        assets = {event.get_dagster_event().asset_key for event in events}
        if len(kinds) > 1 or len(assets) > 1 or not kinds <= BATCHED:
            return super().store_event_batch(events)
        rows = [self._event_to_row(event) for event in events]
        with self.run_connection(events[0].run_id) as connection:
            connection.execute(SqlEventLogStorageTable.insert(), rows)
        insert = SqlEventLogStorageTable.insert().returning(
            SqlEventLogStorageTable.c.id, sort_by_parameter_order=True
        )
        with self.index_transaction() as connection:
            ids = [row[0] for row in connection.execute(insert, rows)]
            self._store_asset_event_tags(connection, events, ids)
            self._store_asset_event(connection, events[-1], ids[-1])
