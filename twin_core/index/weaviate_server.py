"""The connection to a Weaviate server, the form of a collection there, and what its errors mean."""

import hashlib
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from twin_core.errors import IndexUnavailableError, LakeError, SettingError
from twin_core.index.rows import FORM, STORED
from twin_core.settings import own_authorities

VECTOR = "passage"
PAIRS = "pairs"  # of the text, where its script has no spaces; a space between two
SEARCHED = ("text", PAIRS)
FIRST_SECONDS, QUERY_SECONDS, INSERT_SECONDS = 5, 30, 120
TRUSTED_SECONDS = 1  # how long a server that was there is taken to be there still
GRPC_PORT = 50051


class WeaviateServer:
    """One server; connects at the first use and may be shared by threads."""

    def __init__(self, url: str, grpc: str | None, api_key: str | None) -> None:
        parts = urlsplit(url)
        port = _port(url)
        if parts.scheme not in ("http", "https") or not parts.hostname or port is None:
            raise SettingError(
                f"TWIN_WEAVIATE_URL is '{url}'", "give it as http://host:port or https://host."
            )
        self.url = url
        self.secure = parts.scheme == "https"
        self.host, self.port = parts.hostname, port or (443 if self.secure else 80)
        name = grpc.rpartition(":")[0] if grpc else self.host
        port = _port(f"//{grpc}") if grpc else GRPC_PORT
        if not name or not port:
            raise SettingError(f"TWIN_WEAVIATE_GRPC is '{grpc}'", "give it as host:port.")
        if (name, port) == (self.host, self.port):
            raise SettingError(
                f"TWIN_WEAVIATE_GRPC and TWIN_WEAVIATE_URL both name port {port} of {name}",
                f"name the server's gRPC port, which is {GRPC_PORT} unless it was told another.",
            )
        self.grpc_host, self.grpc_port = name, port
        self._key = api_key
        self._client: Any = None
        self._reached = float("-inf")
        self._lock = threading.Lock()

    @property
    def client(self) -> Any:
        """The connected client; `IndexUnavailableError` at once where nobody listens any more (the
        client itself would try again for a minute before it said so)."""
        if time.monotonic() - self._reached > TRUSTED_SECONDS:
            self._reach()
        if self._client is None:
            with self._lock:
                if self._client is None:
                    self._client = self._connected()
        return self._client

    def _reach(self) -> None:
        try:
            address = (self.grpc_host, self.grpc_port)
            socket.create_connection(address, timeout=FIRST_SECONDS).close()
        except OSError as error:
            raise self._silent(str(error)) from error
        self._reached = time.monotonic()

    def _unproven(self, reason: str) -> IndexUnavailableError:
        """Somebody answers, but TLS does not come about."""
        if "CERTIFICATE_VERIFY_FAILED" in reason:
            return IndexUnavailableError(
                f"the certificate of Weaviate at {self.url} is not trusted: {reason}",
                "name the file of the authority that signed it in SSL_CERT_FILE, or correct "
                "TWIN_WEAVIATE_URL to the name that the certificate is for.",
            )
        return IndexUnavailableError(
            f"what answers at {self.url} does not speak TLS: {reason}",
            "correct TWIN_WEAVIATE_URL: http:// for a server without TLS, or the port that has it.",
        )

    def _silent(self, reason: str) -> IndexUnavailableError:
        return IndexUnavailableError(
            f"Weaviate at {self.url} (gRPC {self.grpc_host}:{self.grpc_port}) does not answer: "
            f"{reason}",
            "start the server (`make weaviate`), or correct TWIN_WEAVIATE_URL and "
            "TWIN_WEAVIATE_GRPC; what was "
            "indexed before is untouched, and the next run finishes the work.",
        )

    def _connected(self) -> Any:
        import weaviate
        from weaviate.classes.init import AdditionalConfig, Auth, Timeout

        timeout = Timeout(init=FIRST_SECONDS, query=QUERY_SECONDS, insert=INSERT_SECONDS)
        trusted = _own_authorities() if self.secure else {}
        with self.explained():
            return weaviate.connect_to_custom(
                self.host,
                self.port,
                self.secure,
                self.grpc_host,
                self.grpc_port,
                self.secure,
                auth_credentials=Auth.api_key(self._key) if self._key else None,
                additional_config=AdditionalConfig(timeout=timeout, **trusted),
            )

    def close(self) -> None:
        if self._client is not None:
            self._client.close()
            self._client = None

    @contextmanager
    def explained(self) -> Iterator[None]:
        """The client's errors as ours: no answer, no right, or a fault of the server's."""
        from weaviate import exceptions as w

        unreachable = (
            w.WeaviateConnectionError,
            w.WeaviateStartUpError,
            w.WeaviateGRPCUnavailableError,
            w.WeaviateTimeoutError,
            w.WeaviateRetryError,
            w.WeaviateClosedClientError,
        )
        try:
            yield
        except w.WeaviateBaseError as error:
            text = " ".join(str(error).split())[:300]
            if _forbidden(error, text):
                raise IndexUnavailableError(
                    f"Weaviate at {self.url} does not accept the key: {text}",
                    "set TWIN_WEAVIATE_API_KEY to a key that may read and write there.",
                ) from error
            if "[SSL:" in text:
                raise self._unproven(text) from error
            if isinstance(error, unreachable) or "UNAVAILABLE" in text:
                raise self._silent(text) from error
            raise LakeError(
                f"Weaviate at {self.url} failed: {text}",
                "its log says more; materialise chunk_index again once it is well.",
            ) from error


def _port(address: str) -> int | None:
    """The port that an address names, 0 where it names none; None where that is no port."""
    try:
        return urlsplit(address).port or 0
    except ValueError:
        return None


def _own_authorities() -> dict[str, Any]:
    """The client's settings that make it trust the certificate authorities of `SSL_CERT_FILE`, by
    which other programs find them; by itself it reads that for neither HTTP nor gRPC."""
    named = own_authorities()
    if named is None:
        return {}
    from grpc import ssl_channel_credentials
    from weaviate.classes.init import GrpcConfig, Proxies

    try:
        authorities = named.read_bytes()
    except OSError as error:
        raise SettingError(
            f"SSL_CERT_FILE is '{named}', which cannot be read: {error.strerror}",
            "name a file of certificates (PEM), or unset it.",
        ) from error
    return {
        "trust_env": True,
        "proxies": Proxies(),  # else it would send loopback through HTTP_PROXY as well
        "grpc_config": GrpcConfig(credentials=ssl_channel_credentials(authorities)),
    }


def _forbidden(error: Exception, text: str) -> bool:
    status = getattr(error, "status_code", None)
    words = ("UNAUTHENTICATED", "PERMISSION_DENIED", "Unauthorized", "401", "403")
    return status in (401, 403) or any(word in text for word in words)


def collection_name(prefix: str, space: str, width: int) -> str:
    """The collection of a space: another model, width or schema is another collection."""
    digest = hashlib.sha256(f"{FORM}\n{space}\n{width}".encode()).hexdigest()[:12]
    return f"{prefix}_{digest}"


def create_collection(client: Any, name: str) -> None:
    """A collection for any number of authors; one that another process makes meanwhile is fine."""
    from weaviate.classes.config import Configure, VectorDistances
    from weaviate.exceptions import UnexpectedStatusCodeError

    if client.collections.exists(name):
        return
    try:
        client.collections.create(
            name,
            properties=_properties(),
            multi_tenancy_config=Configure.multi_tenancy(enabled=True, auto_tenant_activation=True),
            vector_config=Configure.Vectors.self_provided(
                name=VECTOR,
                # Stated, not left to the server's default: 8 bits a dimension, then rescored.
                quantizer=Configure.VectorIndex.Quantizer.rq(bits=8),
                vector_index_config=Configure.VectorIndex.hnsw(
                    distance_metric=VectorDistances.COSINE
                ),
            ),
        )
    except UnexpectedStatusCodeError:
        if not client.collections.exists(name):
            raise


def _properties() -> list[Any]:
    from weaviate.classes.config import DataType, Property, Tokenization

    numbers = {"start", "end"}
    exact = {"chunk_id", "doc_id", "parent_id", "source"}
    searched = {"text": Tokenization.WORD, PAIRS: Tokenization.WHITESPACE}
    made: list[Any] = []
    for name in (*STORED, PAIRS):
        if name in numbers:
            made.append(Property(name=name, data_type=DataType.INT, index_filterable=False))
        elif name == "published_at":
            made.append(Property(name=name, data_type=DataType.DATE, index_range_filters=True))
        elif name in searched:
            made.append(
                Property(
                    name=name,
                    data_type=DataType.TEXT,
                    tokenization=searched[name],
                    index_filterable=False,
                )
            )
        else:
            made.append(
                Property(
                    name=name,
                    data_type=DataType.TEXT,
                    tokenization=Tokenization.FIELD,
                    index_searchable=False,
                    index_filterable=name in exact,
                )
            )
    made.append(
        Property(
            name="topic_words",
            data_type=DataType.TEXT_ARRAY,
            tokenization=Tokenization.FIELD,
            index_searchable=False,
        )
    )
    made.append(Property(name="since", data_type=DataType.INT, index_range_filters=True))
    made.append(
        Property(
            name="state", data_type=DataType.TEXT, index_searchable=False, index_filterable=False
        )
    )
    return made
