"""The vector index: a protocol and its backends."""
