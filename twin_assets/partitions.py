"""One partition set: an author is a twin."""

import warnings

import dagster as dg

authors = dg.DynamicPartitionsDefinition(name="authors")

# A gate holds one author back, not all: partitioned checks are worth their preview status.
warnings.filterwarnings("ignore", category=dg.PreviewWarning)
