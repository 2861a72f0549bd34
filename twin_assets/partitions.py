"""One partition set: an author is a twin."""

import dagster as dg

authors = dg.DynamicPartitionsDefinition(name="authors")
