"""The authenticator's codes of the running application, and its picture for the telephone."""

from __future__ import annotations

import segno

from app.auth.second_factor import Authenticator, authenticator
from app.web.context import platform, remembered


def authenticator_here() -> Authenticator:
    """Made once: its key is derived slowly on purpose."""
    return remembered("authenticator", lambda: authenticator(platform().settings))


def picture_of(address: str) -> str:
    """A code to be photographed, as an address of an SVG picture."""
    return segno.make(address, error="m").svg_data_uri(scale=5, border=4, dark="#1d2333", light="#fff")
