"""งานของฉัน: where a person's day begins."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, url_for

from app.web.context import current
from app.web.endpoint import Access, page_route

blueprint = Blueprint("home", __name__)


@page_route(blueprint, "/", access=Access.PUBLIC)
def home() -> Any:
    """The page of the person's role; a visitor is asked to sign in (and may look around without)."""
    if not current().actor.signed_in:
        return redirect(url_for("security.login"))
    return render_template("home/home.html")
