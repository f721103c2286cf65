"""What is taken from a request: bodies of a size that fits, texts without NUL, which PostgreSQL cannot hold, and
numbers that fit a key."""

from __future__ import annotations

from flask import Flask, Request, abort
from flask import request as current_request
from werkzeug.routing import IntegerConverter, ValidationError

from app.services.attachment_files import MAX_BYTES
from app.services.message_files import MESSAGE_MB

_LARGEST_KEY = 2**63 - 1
# The largest JSON body and room for the envelope of a form; only these take files, the last ones pictures and papers.
BODY_LIMIT_BYTES = 6 * 1024 * 1024
PICTURE_LIMIT_BYTES = MAX_BYTES + 64 * 1024
MESSAGE_LIMIT_BYTES = MESSAGE_MB * 1024 * 1024 + BODY_LIMIT_BYTES
_UPLOADS = frozenset({"imports.send", "imports.send_page"})
_LIMITS = {
    "attachments.add": PICTURE_LIMIT_BYTES,
    **dict.fromkeys(
        ("messages.write_new", "messages.write_in_thread", "messages_json.add_reply_with_files"), MESSAGE_LIMIT_BYTES
    ),
}
# What is too long for a message comes back to its writer in the form, so it has to be read.
_LONG_TEXTS = frozenset({"messages.write_new", "messages.write_in_thread", "news.write_new", "news.write_item"})


class PlainRequest(Request):
    """A request that is no larger than its address needs, and whose form holds only text that can be stored, whoever
    reads it first."""

    @property
    def max_content_length(self) -> int | None:
        """Bytes that are read: a visitor's sign-in form is not kept in memory by the hundred megabytes."""
        limit = super().max_content_length
        if limit is None or self.endpoint in _UPLOADS:
            return limit
        return min(limit, _LIMITS.get(self.endpoint or "", BODY_LIMIT_BYTES))

    @max_content_length.setter
    def max_content_length(self, value: int | None) -> None:
        self._max_content_length = value

    @property
    def max_form_memory_size(self) -> int | None:
        """Bytes of a form without files."""
        return BODY_LIMIT_BYTES if self.endpoint in _LONG_TEXTS else super().max_form_memory_size

    @max_form_memory_size.setter
    def max_form_memory_size(self, value: int | None) -> None:
        self._max_form_memory_size = value

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
