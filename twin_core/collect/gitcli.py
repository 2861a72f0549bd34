"""Git repositories read through the git command line: bare, partial, confined, never checked out.

Every call has limits of time, memory and disk, and none sees the user's or the system's
configuration, runs a hook, asks for a password, follows a redirect, or connects to another address
than the vetted one. Without a checkout no filter (LFS), submodule or symbolic link is acted on.
"""

import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
import weakref
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO

from twin_core.collect.web import Web
from twin_core.errors import BlockedError, SourceError, UnreachableError

NETWORK_SECONDS = 300.0
LOCAL_SECONDS = 60.0
TOTAL_SECONDS = 1800.0  # of one repository in one pass
MAX_REPOSITORY = 300_000_000  # bytes on disk, of the log and of what was asked for
MAX_OUTPUT = 64_000_000
MEMORY_KILOBYTES = 1_500_000
OLDEST_GIT = (2, 37)  # the first with http.curloptResolve; an older one ignores it
# sh sets what limits the system has (no preexec_fn: it is unsafe among threads); -f is in 512 bytes
_LIMITED = (
    f"ulimit -c 0; ulimit -v {MEMORY_KILOBYTES} 2>/dev/null; "
    f'ulimit -f {MAX_REPOSITORY // 512} 2>/dev/null; exec "$@"'
)
_SETTINGS = (
    *("protocol.allow=never", "protocol.https.allow=always", "http.followRedirects=false"),
    *("core.hooksPath=/dev/null", "core.fsmonitor=false", "core.attributesFile=/dev/null"),
    *("credential.helper=", "http.proxy=", "transfer.bundleURI=false", "fetch.uriProtocols="),
    *("submodule.recurse=false", "fetch.recurseSubmodules=false", "mailmap.blob=", "mailmap.file="),
    *("http.lowSpeedLimit=1000", "http.lowSpeedTime=120", "gc.auto=0", "maintenance.auto=false"),
    *("core.bigFileThreshold=10m", "diff.renameLimit=400", "blame.ignoreRevsFile="),
)
_MOVED = re.compile(r"returned error: 30\d|redirect", re.I)
_REFUSED = re.compile(r"terminal prompts disabled|could not read|not found|error: 4(?!08|29)\d\d")
_TOO_BIG = re.compile(r"out of memory|died of signal|mmap failed|File too large|cannot allocate")
_PASSING = re.compile(
    r"connect|resolve|timed out|reset|Empty reply|EOF|RPC failed|disconnect|hung up|too slow"
    r"|error: (?:408|429|5\d\d)|SSL|TLS",
    re.I,
)
_LARGE = "collection reads documentation, not archives; take it out of the source."
ADDRESS = (
    "name a public repository in the authors file, as in https://github.com/name/repository, "
    "without anything after it."
)


class Repository:
    """The default branch of a repository, cloned to a temporary directory without any contents.

    url: vetted. pin: its host's vetted addresses, as HOST:PORT:ADDRESS[,ADDRESS]. web: counts what
    is transferred, and says when the pass ends. head: the commit that was the branch's last.
    branch: its name. The directory goes with `close`, or with the object.
    """

    def __init__(self, url: str, pin: str, web: Web) -> None:
        self.url, self.pin, self.web = url, pin, web
        self._program, self._whole = _program(), False
        self._root = Path(tempfile.mkdtemp(prefix="twin-git-"))
        self.close = weakref.finalize(self, shutil.rmtree, self._root, ignore_errors=True)
        self._git = self._root / "git"
        self._end = time.monotonic() + TOTAL_SECONDS
        try:
            self._clone()
        except SourceError:
            self.close()
            raise

    def _clone(self) -> None:
        options = ("--bare", "--depth=1", "--filter=blob:none", "--no-tags", "--template=")
        errors = self._transfer("clone", *options, "--", self.url, str(self._git))
        # a server that cannot leave contents out has sent them all
        self.partial = "filtering not recognized" not in errors
        self.head = self._line("rev-parse", "--quiet", "--verify", "HEAD^{commit}")
        if not self.head:
            raise SourceError(f"the repository {self.url} is empty", ADDRESS)
        self.branch = self._line("symbolic-ref", "--quiet", "--short", "HEAD") or self.head

    def files(self, pathspecs: Sequence[str]) -> Iterator[tuple[str, str]]:
        """(path, blob) of regular files in the branch; links and submodules are left out."""
        nothing = self.run("hash-object", "-t", "tree", "/dev/null").decode().strip()
        options = ("-r", "-z", "--raw", "--no-renames", "--no-abbrev")
        listed = self.run("diff-tree", *options, nothing, self.head, "--", *pathspecs)
        fields = listed.split(b"\0")
        for entry, path in zip(fields[::2], fields[1::2], strict=False):
            _, mode, _, blob, _ = entry.decode("ascii").split(" ")
            if mode.startswith("100"):
                yield os.fsdecode(path), blob

    def deepen(self) -> bool:
        """Fetch the whole log, without contents; whether this is the first time."""
        first, self._whole = not self._whole, True
        if first and self._line("rev-parse", "--is-shallow-repository") == "true":
            self._transfer("fetch", "--quiet", "--unshallow", "--no-tags", "origin", "HEAD")
            # so that git need not look into every commit for each file
            self.run("commit-graph", "write", "--reachable", "--changed-paths")
        return first

    def fetch_blobs(self, blobs: Sequence[str], growth: int) -> None:
        """Fetch contents in one go; git would fetch those it misses one by one."""
        if self.partial and blobs:
            options = ("--no-tags", "--no-write-fetch-head", "--filter=blob:none", "--stdin")
            wanted = "\n".join(blobs).encode()
            command = ("-c", "fetch.negotiationAlgorithm=noop", "fetch", "--quiet", "origin")
            self._transfer(*command, *options, given=wanted, growth=growth)

    def run(self, *arguments: str) -> bytes:
        """The output of a git command on the clone; raises `SourceError` if it fails."""
        code, output, errors = self._local(arguments)
        if code:
            raise self._failure(errors)
        return output

    def _line(self, *arguments: str) -> str:
        """The first line that a command puts out; empty if it fails."""
        return self._local(arguments)[1].decode("utf-8", "replace").partition("\n")[0]

    def _local(self, arguments: Sequence[str]) -> tuple[int, bytes, str]:
        command = ("--git-dir", str(self._git), *arguments)
        return self._call(command, b"", LOCAL_SECONDS, MAX_REPOSITORY)

    def _transfer(self, *arguments: str, given: bytes = b"", growth: int = MAX_REPOSITORY) -> str:
        before = self._size()
        where = () if arguments[0] == "clone" else ("--git-dir", str(self._git))
        limit = min(MAX_REPOSITORY, before + growth)
        try:
            code, _, errors = self._call((*where, *arguments), given, NETWORK_SECONDS, limit)
        finally:
            self.web.transferred += max(0, self._size() - before)
            for partial in self._git.glob("objects/pack/tmp_*"):  # of a call that was ended
                partial.unlink(missing_ok=True)
        if code:
            raise self._failure(errors)
        return errors

    def _call(
        self, arguments: Sequence[str], given: bytes, seconds: float, limit: int
    ) -> tuple[int, bytes, str]:
        """(exit status, output, errors) of one git process and what it started."""
        settings = [*_SETTINGS, f"http.curloptResolve={self.pin}"]
        if self.url.startswith("http:"):
            settings.append("protocol.http.allow=always")
        chosen = [part for setting in settings for part in ("-c", setting)]
        with (
            tempfile.TemporaryFile() as source,
            tempfile.TemporaryFile() as output,
            tempfile.TemporaryFile() as errors,
        ):
            source.write(given)
            source.seek(0)
            process = subprocess.Popen(
                ["/bin/sh", "-c", _LIMITED, "sh", self._program, *chosen, *arguments],
                stdin=source,
                stdout=output,
                stderr=errors,
                cwd=self._root,
                env=_environment(self._root),
                start_new_session=True,  # so that what it starts can be ended with it
            )
            try:
                self._watch(process, (output, errors), seconds, limit)
            finally:
                if process.poll() is None:
                    os.killpg(process.pid, signal.SIGKILL)
                    process.wait()
            output.seek(0)
            errors.seek(0)
            return process.returncode, output.read(), errors.read().decode("utf-8", "replace")

    def _watch(
        self,
        process: "subprocess.Popen[bytes]",
        files: Sequence[IO[bytes]],
        seconds: float,
        limit: int,
    ) -> None:
        """Wait for a process; raises `BlockedError` when it takes more than it may."""
        end = min(time.monotonic() + seconds, self._end)
        running = True
        while running:
            with suppress(subprocess.TimeoutExpired):
                process.wait(0.1)
            running = process.poll() is None
            longest = max(os.fstat(file.fileno()).st_size for file in files)
            if self._size() > limit or longest > MAX_OUTPUT:
                raise BlockedError(f"{self.url} gives more than collection takes", _LARGE)
            if running and time.monotonic() > self.web.deadline:
                raise UnreachableError("the time for this pass is used up", "it is tried again.")
            if running and time.monotonic() > end:
                raise BlockedError(f"{self.url} takes longer than it may", _LARGE)

    def _size(self) -> int:
        sizes = 0
        for folder, _, names in os.walk(self._root):
            for name in names:
                with suppress(OSError):  # git renames and removes while we look
                    sizes += os.lstat(os.path.join(folder, name)).st_size
        return sizes

    def _failure(self, errors: str) -> SourceError:
        url, said = self.url, [line for line in errors.splitlines() if line.strip()]
        fatal = [line for line in said if line.startswith("fatal:")]
        reason = "".join(filter(str.isprintable, (fatal or said or [""])[0]))[:200]
        if _MOVED.search(errors):
            return BlockedError(f"{url} redirects elsewhere", "name the address that it moved to.")
        if _TOO_BIG.search(errors):
            return BlockedError(f"{url} needs too much memory or room: {reason}", _LARGE)
        if _REFUSED.search(errors):
            return SourceError(f"{url} is not a public repository: {reason}", ADDRESS)
        if _PASSING.search(errors):
            return UnreachableError(f"{url} cannot be read: {reason}", "it is tried again later.")
        return SourceError(f"git cannot read {url}: {reason}", ADDRESS)


def _program() -> str:
    """Where git is; raises `SourceError` if it is missing or too old to be confined."""
    program = shutil.which("git")
    if not program:
        raise SourceError("git is not installed", "install it to read sources of kind github.")
    stated = subprocess.run([program, "--version"], capture_output=True, text=True).stdout
    version = re.search(r"(\d+)\.(\d+)", stated)
    if not version or (int(version[1]), int(version[2])) < OLDEST_GIT:
        oldest = ".".join(map(str, OLDEST_GIT))
        raise SourceError(f"{stated.strip()} is older than {oldest}", "install a newer git.")
    return program


def _environment(home: Path) -> dict[str, str]:
    """All that git sees of the world: nothing of ours, so no proxy, credentials or settings."""
    return {
        "PATH": "/usr/bin:/bin",
        "HOME": str(home),
        "TMPDIR": str(home),
        "LC_ALL": "C",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": "/dev/null",
        "GIT_ATTR_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_LFS_SKIP_SMUDGE": "1",
        "GIT_NO_REPLACE_OBJECTS": "1",
    }
