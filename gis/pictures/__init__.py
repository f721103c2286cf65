"""Pictures that people send: proven to be one, decoded in a process of its own, made anew without what they carry.

A picture is hostile until proven. :func:`read_picture` and :func:`read_pictures` are the way in; Pillow is loaded only
by the process that they start (:mod:`gis.pictures.child`). What comes back is drawn anew from the pixels, turned
upright: nothing of the original file - EXIF with the camera's serial number, hidden previews, other files - is in it.
"""

from __future__ import annotations

from gis.pictures.kinds import MEDIA_TYPES, PictureError, kind_of
from gis.pictures.limits import PictureLimits
from gis.pictures.process import Picture, read_picture, read_pictures

__all__ = ["MEDIA_TYPES", "Picture", "PictureError", "PictureLimits", "kind_of", "read_picture", "read_pictures"]
