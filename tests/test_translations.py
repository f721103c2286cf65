"""Every Thai text of the pages has an English one, with the same places to fill in."""

from __future__ import annotations

import re
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

APP = Path(__file__).resolve().parent.parent / "app"
KEYWORDS = {"_": None, "gettext": None, "lazy_gettext": None, "ngettext": (1, 2), "pgettext": ((1, "c"), 2)}


def _source(ending: str = "") -> set[tuple[str | None, str]]:
    """Context (a word such as "status", where one Thai text has two English ones) and text, of files with an ending."""
    with (APP / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)
    found = extract_from_dir(str(APP), methods, options, keywords=KEYWORDS)
    return {
        (context, message if isinstance(message, str) else message[0])
        for name, _, message, _, context in found
        if name.endswith(ending)
    }


def _key(message: Message) -> tuple[str | None, str]:
    return message.context, message.id if isinstance(message.id, str) else message.id[0]


def _english() -> Catalog:
    with (APP / "translations" / "en" / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return read_po(file, locale="en")


def test_every_text_is_translated() -> None:
    english = {_key(message): message.string for message in _english() if message.id}
    assert sorted(str(text) for text in _source() if not english.get(text)) == []


def test_no_translation_is_left_over() -> None:
    source = _source()
    assert sorted(str(message.id) for message in _english() if message.id and _key(message) not in source) == []


def test_translations_fill_in_the_same_values() -> None:
    places = re.compile(r"%\((\w+)\)s")
    for message in _english():
        if message.id:
            assert set(places.findall(str(message.string))) <= set(places.findall(str(message.id))), message.id


def test_a_percent_sign_of_a_template_is_doubled() -> None:
    """Jinja fills values into every text of ``_()``, also into one without any: a bare sign ends the page."""
    english = {_key(message): str(message.string) for message in _english() if message.id}
    fills = re.compile(r"%\(\w+\)[sd]|%%")
    texts = [text for key in _source(".html") for text in (key[1], english[key])]
    assert [text for text in texts if "%" in fills.sub("", text)] == []
