"""The words of a file matched to codes: surfaces, sources, tambons, the organisation itself."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.models import Area, Organisation
from app.queries.codelists import Code, ListName, code_list
from gis.thai import search_key, to_arabic_digits

LISTS: tuple[ListName, ...] = ("road_surface_type", "water_source_type", "work_nature", "fund_source")
_SPLIT = re.compile(r"[,/()]")
_PREFIXES = ("ตำบล", "ต.", "tambon ")


def word_key(text: str) -> str:
    """Form in which words are compared: ``ค.ส.ล.`` = ``คสล``."""
    return re.sub(r"[\s.\-_]+", "", search_key(text))


def _words(code: Code) -> Iterable[str]:
    yield code.code
    yield code.name_th
    yield code.name_en
    attributes = code.attributes
    for text in (
        code.name_th,
        *(str(attributes.get(key, "")) for key in ("abbr_th", "synonyms", "keywords_th", "aliases")),
    ):
        yield from _SPLIT.split(text)


@dataclass(frozen=True)
class Codes:
    """Everything that cells are matched against, read once per file.

    Parameters
    ----------
    words
        List -> word -> code.
    names
        List -> names that are offered when a word is unknown.
    tambons
        Six digits and names (of the organisation's province) -> code; names that occur twice are absent.
    chainage_unit_m
        Metres that a plain number in a column of chainage counts in this file.
    """

    organisation_code: str
    organisation_name: str
    province_name: str
    words: Mapping[str, Mapping[str, str]]
    names: Mapping[str, tuple[str, ...]]
    tambons: Mapping[str, str]
    organisation_keys: frozenset[str]
    chainage_unit_m: float = 1000.0
    _found: dict[tuple[str, str], str | None] = field(default_factory=dict)

    def find(self, list_name: str, text: str) -> str | None:
        """Code for a word: the word itself, else the longest known word that the text begins with or holds."""
        memory = (list_name, text)
        if memory not in self._found:
            if len(self._found) > 20_000:  # a hostile file must not grow this without end
                self._found.clear()
            self._found[memory] = self._search(list_name, word_key(text))
        return self._found[memory]

    def _search(self, list_name: str, key: str) -> str | None:
        words = self.words[list_name]
        if key in words:
            return words[key]
        # "ผิวจราจร คสล. หนา 0.15" holds "คสล"; words of one or two letters would match by chance.
        held = [word for word in words if len(word) >= 3 and word in key]
        if not held:
            return None
        longest = max(map(len, held))
        found = {words[word] for word in held if len(word) == longest}
        return found.pop() if len(found) == 1 else None

    def allowed(self, list_name: str) -> list[str]:
        """Names to choose from."""
        return list(self.names[list_name])

    def tambon(self, text: str) -> str | None:
        """Code of a tambon, or ``None``."""
        key = search_key(to_arabic_digits(text)).removesuffix(".0")
        for prefix in _PREFIXES:
            key = key.removeprefix(prefix).strip()
        return self.tambons.get(key)

    def is_organisation(self, text: str) -> bool:
        """True when the text names the organisation of the import."""
        key = word_key(text)
        return key in self.organisation_keys or key.zfill(8) in self.organisation_keys


def read_codes(session: Session, organisation: Organisation) -> Codes:
    """Code lists, tambons of the province and names of the organisation."""
    words: dict[str, dict[str, str]] = {}
    names: dict[str, tuple[str, ...]] = {}
    for name in LISTS:
        words[name] = {}
        entries = code_list(session, name).values()
        names[name] = tuple(entry.name_th for entry in entries)
        for entry in entries:
            for word in _words(entry):
                if key := word_key(word):
                    words[name].setdefault(key, entry.code)
    province = session.get(Area, organisation.province_code)
    return Codes(
        organisation_code=organisation.code,
        organisation_name=organisation.full_name_th,
        province_name=province.name_th if province else "",
        words=words,
        names=names,
        tambons=_tambons(session, organisation.province_code),
        organisation_keys=frozenset(
            word_key(text) for text in (organisation.code, organisation.name_th, organisation.full_name_th)
        ),
    )


def _tambons(session: Session, province_code: str) -> dict[str, str]:
    rows = session.execute(
        sa.select(Area.code, Area.name_th, Area.name_en).where(
            Area.level == "tambon", Area.code.startswith(province_code)
        )
    ).all()
    by_name: dict[str, set[str]] = {}
    for code, *names in rows:
        for name in names:
            if name:
                by_name.setdefault(search_key(name), set()).add(code)
    found = {name: next(iter(codes)) for name, codes in by_name.items() if len(codes) == 1}
    return found | {code: code for code, *_ in rows}
