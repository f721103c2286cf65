"""How much a raster may ask of us."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class RasterLimits:
    """Limits of one raster and of the process that takes it in.

    Parameters
    ----------
    bytes
        Of the file.
    values
        Pixels times bands; asked of the head, before anything is decoded.
    bands
        Bands.
    memory_bytes, cpu_s, wait_s, open_files, file_bytes
        As in :class:`gis.readers.limits.ReaderLimits`; ``file_bytes`` is what the kept file and its pyramids may take.
    """

    bytes: int = 200 << 20
    values: int = 400_000_000
    bands: int = 16
    memory_bytes: int = 1 << 30
    cpu_s: int = 120
    wait_s: float = 180.0
    open_files: int = 128
    file_bytes: int = 2 << 30


BY_COMMAND = RasterLimits(
    bytes=20 << 30, values=20_000_000_000, cpu_s=7_200, wait_s=10_800.0, file_bytes=40 << 30, bands=64
)
"""What an operator may load from the command line: the whole country at 30 m is 2,000,000,000 pixels."""
