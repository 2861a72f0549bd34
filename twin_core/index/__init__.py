"""The chunk index: a protocol (`base`) and its two backends; `open_index` picks one."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from twin_core.index.base import ChunkIndex
    from twin_core.settings import TwinSettings


def open_index(settings: "TwinSettings") -> "ChunkIndex":
    """The index of this installation: Weaviate where its URL is set, LanceDB otherwise. Nothing
    is opened or connected to before the first call."""
    if settings.weaviate_url:
        from twin_core.index.weaviate import WeaviateIndex

        key = settings.weaviate_api_key
        return WeaviateIndex(
            settings.weaviate_url,
            settings.weaviate_grpc,
            None if key is None else key.get_secret_value(),
        )
    from twin_core.index.lance import LanceIndex

    return LanceIndex(settings.index_dir, settings.index_memory_mb << 20)
