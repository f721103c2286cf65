"""Which encoding the texts of a DBF are in, judged by its raw bytes.

Thai shapefiles come in cp874 without saying so, in UTF-8 cut in the middle of a letter, or with a .cpg that names the
other one. Valid UTF-8 is never an accident once there are a few Thai words; everything else from Thailand is cp874.
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from gis.readers.source import EncodingGuess

_CHUNK_ROWS = 20_000
_MAX_SAMPLES = 4_000
_SHOWN_WORDS = 6
_FIELD = struct.Struct("<11sc4xBB14x")
# Language driver byte: 0x50 is Thai MS-DOS, 0x7C ANSI Thai, 0x57/0x03 Windows ANSI.
_LANGUAGE_DRIVERS = {0x50: "cp874", 0x7C: "cp874", 0x03: "cp1252", 0x57: "cp1252"}


@dataclass(frozen=True)
class Dbf:
    """Header and text bytes of a DBF.

    Parameters
    ----------
    names
        Field names, raw.
    texts
        Different non-ASCII text values, raw, at most a few thousand from the whole file.
    language_driver
        Byte 29 of the header.
    """

    names: list[bytes]
    texts: list[bytes]
    language_driver: int


def read_dbf(path: Path) -> Dbf:
    """Header and sample of the texts; an unreadable header gives no texts.

    Examples
    --------
    >>> read_dbf(Path("/dev/null"))
    Dbf(names=[], texts=[], language_driver=0)
    """
    with path.open("rb") as file:
        head = file.read(32)
        if len(head) < 32:
            return Dbf([], [], 0)
        rows, header_length, row_length = struct.unpack("<4xIHH", head[:12])
        descriptions = file.read(max(0, header_length - 32))
        names, spans = _fields(descriptions, row_length)
        file.seek(header_length)
        texts: dict[bytes, None] = {}
        while rows > 0 and row_length > 1 and len(texts) < _MAX_SAMPLES:
            block = file.read(row_length * min(rows, _CHUNK_ROWS))
            count = len(block) // row_length
            if not count:
                break
            rows -= count
            table = np.frombuffer(block, dtype=np.uint8, count=count * row_length).reshape(count, row_length)
            for start, end in spans:
                for row in np.flatnonzero((table[:, start:end] >= 0x80).any(axis=1))[:_MAX_SAMPLES]:
                    texts.setdefault(table[row, start:end].tobytes())
    return Dbf(names, list(texts)[:_MAX_SAMPLES], head[29])


def _fields(descriptions: bytes, row_length: int) -> tuple[list[bytes], list[tuple[int, int]]]:
    names, spans, start = [], [], 1
    for offset in range(0, len(descriptions) - 31, 32):
        if descriptions[offset] == 0x0D:
            break
        name, kind, width, _ = _FIELD.unpack_from(descriptions, offset)
        names.append(name.split(b"\0")[0])
        if kind == b"C" and start + width <= row_length:
            spans.append((start, start + width))
        start += width
    return names, spans


def guess_encoding(dbf: Dbf, cpg: str | None) -> tuple[EncodingGuess, bool]:
    """The encoding of a DBF, and whether it differs from what the file says.

    Parameters
    ----------
    dbf
        What :func:`read_dbf` found.
    cpg
        Text of the .cpg file beside it.
    """
    stated = codec_of(cpg) if cpg else _LANGUAGE_DRIVERS.get(dbf.language_driver, "")
    values = [*dbf.names, *(text.rstrip(b" \0") for text in dbf.texts)]
    raw = [text for text in values if not text.isascii()]
    if not raw:
        return EncodingGuess(stated or "utf-8", stated), False
    words = {
        encoding: readable
        for encoding in ("utf-8", "cp874", "cp1252")
        if (readable := _words(raw, encoding)) is not None
    }
    chosen = _choose(raw, words, stated)
    shown = {encoding: sample[:_SHOWN_WORDS] for encoding, sample in words.items()}
    return EncodingGuess(chosen, stated, shown), bool(stated) and stated != chosen


def _choose(raw: list[bytes], words: dict[str, list[str]], stated: str) -> str:
    if "utf-8" in words:
        return "utf-8"
    if "cp874" in words and _is_thai(words["cp874"]):
        return "cp874"
    return stated if stated in words and stated != "utf-8" else "cp1252"


def _words(raw: list[bytes], encoding: str) -> list[str] | None:
    """The values read so; None when they cannot be. The end of a value may be cut within a UTF-8 letter."""
    words = []
    for value in raw:
        try:
            words.append(value.decode(encoding))
        except UnicodeDecodeError as error:
            if encoding != "utf-8" or error.reason != "unexpected end of data":
                return None
            words.append(value[: error.start].decode(encoding))
    return words


def _is_thai(words: list[str]) -> bool:
    """Mostly Thai letters, and no mark where none can be: Latin texts read as cp874 look otherwise."""
    text = " ".join(words)
    thai = sum("\u0e01" <= letter <= "\u0e5b" for letter in text)
    high = sum(ord(letter) >= 0x80 for letter in text)
    # A vowel above or a tone mark stands after a Thai consonant (or another mark), never alone.
    stray = len(
        re.findall("(?<![\u0e01-\u0e2e\u0e31\u0e34-\u0e3a\u0e47-\u0e4e])[\u0e31\u0e34-\u0e3a\u0e47-\u0e4e]", text)
    )
    # Thai is written in words; an accented letter of another language stands alone among Latin ones.
    alone = len(re.findall("(?<![\u0e01-\u0e5b])[\u0e01-\u0e5b](?![\u0e01-\u0e5b])", text))
    return thai >= 0.9 * high and stray <= 0.1 * max(thai, 1) and alone <= 0.5 * max(thai, 1)


def codec_of(cpg: str) -> str:
    """Python codec that a .cpg names; empty for one that nobody knows.

    Examples
    --------
    >>> codec_of("ANSI 874"), codec_of("OEM 874"), codec_of("UTF-8"), codec_of("TIS-620"), codec_of("65001")
    ('cp874', 'cp874', 'utf-8', 'cp874', 'utf-8')
    """
    name = re.sub(r"[^a-z0-9]", "", cpg.strip().lower())
    name = re.sub(r"^(?:ansi|oem|cp|windows|ibm|ms|x)*(?=\d)", "", name)
    known = {
        "874": "cp874",
        "tis620": "cp874",
        "thai": "cp874",
        "iso885911": "cp874",
        "885911": "cp874",
        "65001": "utf-8",
        "utf8": "utf-8",
        "1252": "cp1252",
        "88591": "cp1252",
        "iso88591": "cp1252",
        "latin1": "cp1252",
    }
    return known.get(name, "")
