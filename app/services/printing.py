"""Pages as PDF through Chromium's own printing: the one way in which Thai text can be searched and copied again.

The page carries everything that it needs. Chromium gets a folder of its own, no network and so many seconds; one
prints at a time on a machine. See ``docs/decisions/0018-pdf-through-chromium.md``.
"""

from __future__ import annotations

import base64
import fcntl
import logging
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

from app.errors import Unavailable
from app.settings import ROOT

MEDIA_TYPE = "application/pdf"
WAIT_S = 120
QUEUE_S = 30
_logger = logging.getLogger(__name__)
_PROGRAMS = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
_FONTS = ROOT / "static" / "dist" / "assets"
# As @fontsource/sarabun divides the face.
_RANGES = {
    "thai": "U+02D7,U+0303,U+0331,U+0E01-0E5B,U+200C-200D,U+25CC",
    "latin": "U+0000-00FF,U+0131,U+0152-0153,U+02BB-02BC,U+02C6,U+02DA,U+02DC,U+2000-206F,U+20AC,U+2122,U+2190-2193,"
    "U+2212,U+2215,U+FEFF,U+FFFD",
}
_FLAGS = (
    "--headless",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-extensions",
    "--disable-default-apps",
    "--disable-dev-shm-usage",
    "--mute-audio",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--proxy-server=127.0.0.1:9",
    "--no-pdf-header-footer",
    # Time for the page to lay itself out; it passes at once where nothing is waited for.
    "--virtual-time-budget=5000",
)


def printer() -> str:
    """Path of Chromium.

    Raises
    ------
    Unavailable
        ``printer_missing``.
    """
    found = next((path for name in _PROGRAMS if (path := shutil.which(name))), None)
    if found is None:
        raise Unavailable("printer_missing")
    return found


def print_page(html: str, *, tagged: bool = True, wait_s: float = WAIT_S, queue_s: float = QUEUE_S) -> bytes:
    """A page as PDF.

    Parameters
    ----------
    html
        The whole document, with styles, fonts and script inside.
    tagged
        With the structure that screen readers go by; of a long table it is six times the rest of the file.
    wait_s, queue_s
        Seconds for the printing, and for waiting until another one is through.

    Raises
    ------
    Unavailable
        ``printer_missing``, ``printer_busy``, ``printer_out_of_time`` or ``printer_failed``.
    """
    program = printer()
    with _one_at_a_time(queue_s), tempfile.TemporaryDirectory(prefix="print-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        (folder / "page.html").write_text(html, encoding="utf-8")
        result = folder / "page.pdf"
        command = [
            program,
            *_FLAGS,
            # The sandbox of Chromium refuses to start for root; the page is ours and has no address to reach.
            *([] if tagged else ["--disable-pdf-tagging"]),
            *(["--no-sandbox"] if os.geteuid() == 0 else []),
            f"--user-data-dir={folder / 'profile'}",
            f"--print-to-pdf={result}",
            (folder / "page.html").as_uri(),
        ]
        said = _run(command, folder, wait_s)
        content = result.read_bytes() if result.exists() else b""
        if not content.startswith(b"%PDF"):
            _logger.error("printing failed: %s", said[-2000:])
            raise Unavailable("printer_failed")
        return content


def _run(command: list[str], folder: Path, wait_s: float) -> str:
    environment = {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "HOME": os.fspath(folder), "LANG": "C.UTF-8"}
    with (folder / "said").open("w+b") as said:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            cwd=folder,
            env=environment,
            start_new_session=True,
        )
        try:
            process.wait(timeout=wait_s)
        except subprocess.TimeoutExpired as error:
            raise Unavailable("printer_out_of_time", {"limit_s": round(wait_s)}) from error
        finally:
            # Its helpers are in its group.
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        said.seek(0)
        return said.read().decode(errors="replace")


@contextmanager
def _one_at_a_time(queue_s: float) -> Iterator[None]:
    path = Path(tempfile.gettempdir()) / f"eplan-print-{os.getuid()}.lock"
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    until = time.monotonic() + queue_s
    try:
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError as error:
                if time.monotonic() >= until:
                    raise Unavailable("printer_busy") from error
                time.sleep(0.2)
        yield
    finally:
        os.close(descriptor)


@cache
def font_faces() -> str:
    """Sarabun as style rules with the files inside, from the built front end.

    Raises
    ------
    Unavailable
        ``printer_failed`` when it is not built.
    """
    rules = []
    for part, range_ in _RANGES.items():
        for weight in (400, 700):
            files = sorted(_FONTS.glob(f"sarabun-{part}-{weight}-normal-*.woff2"))
            if not files:
                _logger.error("no Sarabun in %s: the front end is not built", _FONTS)
                raise Unavailable("printer_failed")
            content = base64.b64encode(files[-1].read_bytes()).decode()
            rules.append(
                f"@font-face{{font-family:Sarabun;font-weight:{weight};unicode-range:{range_};"
                f"src:url(data:font/woff2;base64,{content}) format('woff2')}}"
            )
    return "\n".join(rules)
