"""Pages of plans."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("plan_pages", __name__)
