"""What a process gives up before it opens a file that a stranger made.

Called first thing in a fresh interpreter, while there is one thread and only the standard library is loaded. Limits on
memory, processor, files and their size always hold. The rest is what the kernel grants an ordinary account:

* **No network**: a network namespace of its own with no interface in it (user namespaces; container runtimes often
  forbid them), and Landlock's rule against TCP (Linux 6.7). Either is enough.
* **No other files**: Landlock (Linux 5.13) leaves the interpreter, its libraries, the file itself to read, and the
  private folder to write. Nothing can be executed.

Where the kernel has neither, what remains is :mod:`gis.gdal` - drivers and virtual file systems that reach out are
not there - and the limits. :func:`confine` says what was granted, so that an operator can see it.
"""

from __future__ import annotations

import ctypes
import os
import resource
import sys
import sysconfig
from collections.abc import Iterable, Iterator
from pathlib import Path

_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000
_PR_SET_NO_NEW_PRIVS = 38
# System calls have these numbers on every architecture that is younger than they are, x86-64 included.
_LANDLOCK_CREATE_RULESET, _LANDLOCK_ADD_RULE, _LANDLOCK_RESTRICT_SELF = 444, 445, 446
_VERSION = 1
_PATH_BENEATH = 1
_READ_FILE, _READ_DIR = 1 << 2, 1 << 3
# Rights over files that each version of Landlock knows: all are taken away, those above given back by path.
_ALL_FILE_RIGHTS = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 4: (1 << 15) - 1}
_ALL_FILE_RIGHTS_SINCE_5 = (1 << 16) - 1
_TCP_RIGHTS = 0b11  # bind, connect
_SCOPES = 0b11  # abstract sockets, signals
_LIBRARIES = (
    "/usr",
    "/lib",
    "/lib64",
    "/etc/ld.so.cache",
    "/dev/null",
    "/dev/urandom",
    "/proc/cpuinfo",
    "/sys/devices",
)


class _Ruleset(ctypes.Structure):
    _fields_ = [("files", ctypes.c_uint64), ("net", ctypes.c_uint64), ("scoped", ctypes.c_uint64)]


class _Beneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = [("allowed", ctypes.c_uint64), ("parent", ctypes.c_int32)]


def confine(
    file: Path, folder: Path, *, memory_bytes: int, cpu_s: int, open_files: int, file_bytes: int
) -> frozenset[str]:
    """Give up what reading does not need; cannot be undone.

    Parameters
    ----------
    file
        The file to read.
    folder
        Where unpacked parts may be written.
    memory_bytes, cpu_s, open_files, file_bytes
        Resource limits.

    Returns
    -------
    frozenset of str
        What the kernel granted beyond them: ``network_namespace``, ``landlock_files``, ``landlock_tcp``.
    """
    for kind, amount in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_AS, memory_bytes),
        (resource.RLIMIT_NOFILE, open_files),
        (resource.RLIMIT_FSIZE, file_bytes),
    ):
        _lower(kind, amount, amount)
    # The signal at the first limit says what happened; the second, which cannot be caught, comes after it.
    _lower(resource.RLIMIT_CPU, cpu_s, cpu_s + 5)
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    granted = set()
    if libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET) == 0:
        granted.add("network_namespace")
    granted |= _landlock(libc, [*_code(), *map(Path, _LIBRARIES), file.resolve()], folder)
    return frozenset(granted)


def _lower(kind: int, soft: int, hard: int) -> None:
    """Never above what an operator has set already."""
    _, most = resource.getrlimit(kind)
    if most != resource.RLIM_INFINITY:
        soft, hard = min(soft, most), min(hard, most)
    resource.setrlimit(kind, (soft, hard))


def _code() -> Iterator[Path]:
    """The interpreter, the installed libraries and this package."""
    yield Path(__file__).resolve().parent
    yield from {Path(sys.prefix), Path(sys.base_prefix)} - {Path("/")}
    yield from {Path(path) for name, path in sysconfig.get_paths().items() if name in ("stdlib", "purelib", "platlib")}


def _landlock(libc: ctypes.CDLL, readable: Iterable[Path], writable: Path) -> set[str]:
    version = libc.syscall(_LANDLOCK_CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint32(_VERSION))
    if version < 1:
        return set()
    every = _ALL_FILE_RIGHTS.get(version, _ALL_FILE_RIGHTS_SINCE_5)
    rules = _Ruleset(every, _TCP_RIGHTS if version >= 4 else 0, _SCOPES if version >= 6 else 0)
    size = ctypes.sizeof(_Ruleset) if version >= 6 else 16 if version >= 4 else 8
    ruleset = libc.syscall(_LANDLOCK_CREATE_RULESET, ctypes.byref(rules), ctypes.c_size_t(size), ctypes.c_uint32(0))
    if ruleset < 0:
        return set()
    try:
        for path in readable:
            _allow(libc, ruleset, path, _READ_FILE | _READ_DIR)
        _allow(libc, ruleset, writable, every & ~1)  # all but executing
        if libc.syscall(_LANDLOCK_RESTRICT_SELF, ruleset, ctypes.c_uint32(0)) != 0:
            return set()
    finally:
        os.close(ruleset)
    return {"landlock_files", "landlock_tcp"} if version >= 4 else {"landlock_files"}


def _allow(libc: ctypes.CDLL, ruleset: int, path: Path, rights: int) -> None:
    try:
        parent = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        # A right that only folders have is refused for a file.
        allowed = rights if path.is_dir() else rights & _READ_FILE
        rule = _Beneath(allowed, parent)
        libc.syscall(_LANDLOCK_ADD_RULE, ruleset, _PATH_BENEATH, ctypes.byref(rule), ctypes.c_uint32(0))
    finally:
        os.close(parent)
