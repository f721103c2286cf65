"""Files in: the format is decided by what is in the file, then one reader opens it, in batches, in its own process.

``open_source`` is the way in. Nothing here loads GDAL, openpyxl or an XML parser: that is done by the process that
it starts (:mod:`gis.readers.child`), which runs the same :func:`gis.readers.opening.open_file` that tests may call.
"""

from __future__ import annotations

from gis.readers.limits import ReaderLimits
from gis.readers.process import open_source
from gis.readers.source import EncodingGuess, LayerInfo, ReadError, ReadSource

__all__ = ["EncodingGuess", "LayerInfo", "ReadError", "ReadSource", "ReaderLimits", "open_source"]
