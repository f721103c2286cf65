"""One picture decoded and drawn anew; runs in the process that is confined, the only place where Pillow is loaded."""

from __future__ import annotations

import io
import struct
import zlib
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from gis.exif import Photo, exif_of_jpeg, photo_of
from gis.pictures.kinds import HEAD_BYTES, MEDIA_TYPES, PictureError, kind_of
from gis.pictures.limits import SHOWN_PX, THUMBNAIL_PX, PictureLimits
from gis.pictures.scans import refuse_scans

# Asked by ourselves before a pixel is decoded; Pillow's own limit would only warn.
Image.MAX_IMAGE_PIXELS = None
_BROKEN = (
    OSError,
    ValueError,
    TypeError,
    LookupError,
    ArithmeticError,
    AttributeError,
    RuntimeError,
    SyntaxError,  # what Pillow raises for a broken PNG
    struct.error,
    zlib.error,
)
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_LYING = frozenset({5, 6, 7, 8})
_QUALITY, _THUMBNAIL_QUALITY = 85, 80
_WHITE = (255, 255, 255)


@dataclass(frozen=True)
class Decoded:
    """A picture as it is shown.

    Parameters
    ----------
    media_type
        Of the original.
    width_px, height_px
        Of the original, upright.
    photo
        Place and time that it carried.
    shown, thumbnail
        JPEG, upright, without anything but pixels; at most 2048 and 320 pixels a side.
    """

    media_type: str
    width_px: int
    height_px: int
    photo: Photo
    shown: bytes
    thumbnail: bytes


def decode(path: Path, limits: PictureLimits) -> Decoded:
    """Decode a picture.

    Raises
    ------
    PictureError
        ``picture_too_large``, ``picture_too_many_pixels``, ``picture_too_many_scans``, ``picture_too_small``,
        ``picture_damaged``, or what :func:`gis.pictures.kinds.kind_of` says.
    """
    size = path.stat().st_size
    if size > limits.bytes:
        raise PictureError("picture_too_large", size_mb=round(size / (1 << 20), 1), limit_mb=limits.bytes >> 20)
    with path.open("rb") as file:
        kind = kind_of(file.read(HEAD_BYTES))
    if kind == "JPEG":
        refuse_scans(path.read_bytes(), limits.scans)
    try:
        with Image.open(path, formats=[kind]) as image:
            width, height = image.size
            _refuse_size(width, height, limits)
            photo = _photo(path, kind, image)
            shown = _upright(_flat(_smaller(image)), photo.orientation)
    except (UnidentifiedImageError, *_BROKEN) as error:
        if isinstance(error, PictureError):
            raise
        raise PictureError("picture_damaged", reason=_reason(error, path)) from error
    if photo.orientation in _LYING:
        width, height = height, width
    small = shown.copy()
    small.thumbnail((THUMBNAIL_PX, THUMBNAIL_PX), Image.Resampling.LANCZOS)
    return Decoded(MEDIA_TYPES[kind], width, height, photo, _jpeg(shown, _QUALITY), _jpeg(small, _THUMBNAIL_QUALITY))


def _refuse_size(width: int, height: int, limits: PictureLimits) -> None:
    if width * height > limits.megapixels * 1_000_000:
        raise PictureError("picture_too_many_pixels", megapixels=round(width * height / 1e6), limit=limits.megapixels)
    if min(width, height) < limits.least_px:
        raise PictureError("picture_too_small", width=width, height=height, least=limits.least_px)


def _photo(path: Path, kind: str, image: Image.Image) -> Photo:
    """What the picture carries, read by our own eyes: a library that trips over EXIF must not lose the picture."""
    if kind == "JPEG":
        with path.open("rb") as file:
            file.seek(2)
            return photo_of(exif_of_jpeg(file))
    carried = image.info.get("exif")
    return photo_of(carried) if isinstance(carried, bytes) else Photo()


def _smaller(image: Image.Image) -> Image.Image:
    """At most the size that is shown. A JPEG is decoded at a fraction of its size where that is enough."""
    if image.mode == "P":
        # Colours of a palette cannot be mixed.
        image = image.convert("RGBA" if "transparency" in image.info else "RGB")
    elif image.mode.startswith("I"):
        image = image.convert("I").point(lambda grey: grey / 256).convert("L")
    image.thumbnail((SHOWN_PX, SHOWN_PX), Image.Resampling.LANCZOS, reducing_gap=2.0)
    image.load()
    return image


def _flat(image: Image.Image) -> Image.Image:
    """Three colours and nothing else; what is transparent becomes white."""
    flat = Image.new("RGB", image.size, _WHITE)
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        covering = image.convert("RGBA")
        flat.paste(covering, mask=covering.getchannel("A"))
    else:
        flat.paste(image.convert("RGB"))
    return flat


def _upright(image: Image.Image, orientation: int) -> Image.Image:
    turn = _TURNS.get(orientation)
    return image if turn is None else image.transpose(turn)


def _jpeg(image: Image.Image, quality: int) -> bytes:
    # A new image has no comment, no profile and no EXIF that could be written along.
    image.info.clear()
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality)
    return out.getvalue()


def _reason(error: Exception, path: Path) -> str:
    return str(error).replace(str(path), "").strip()[:120] or type(error).__name__
