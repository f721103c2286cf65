"""What can be read and stored as text: no NUL anywhere, which PostgreSQL cannot hold, and numbers that fit a key."""

from __future__ import annotations

from flask import Flask, Request, abort
from flask import request as current_request
from werkzeug.routing import IntegerConverter, ValidationError

_LARGEST_KEY = 2**63 - 1


class PlainRequest(Request):
    """A request whose form holds only text that can be stored, whoever reads it first."""

    def _load_form_data(self) -> None:
        super()._load_form_data()
        if any("\x00" in text for pair in self.form.items(multi=True) for text in pair):
            abort(400)


class KeyConverter(IntegerConverter):
    """A number in an address; one that no row can have is no address of ours."""

    def to_python(self, value: str) -> int:
        """The number, within the range of a key."""
        number: int = super().to_python(value)
        if number > _LARGEST_KEY:
            raise ValidationError
        return number


def register_plain_requests(app: Flask) -> None:
    """Read requests and addresses so; before the blueprints, whose rules use the converter."""
    app.request_class = PlainRequest
    app.url_map.converters["int"] = KeyConverter

    @app.before_request
    def refuse_nul_in_address() -> None:
        if "\x00" in current_request.path:
            abort(404)
