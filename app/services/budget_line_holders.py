"""Which organisation holds a line of the state budget (docs/decisions: who holds a state budget line)."""

from __future__ import annotations

import difflib
import re
import zlib
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gis.thai import normalise

AGENCY = "AGENCY"
# agencies and Bangkok are seated in Bangkok; the register of organisations does not have them
AGENCY_PROVINCE = "10"
_LAO_UNIT = re.compile(
    r"(?:(?P<kind>เทศบาล\S*?)ในพื้นที่จังหวัด(?P<province>\S+) )?(?P<name>(?:เทศบาล|องค์การบริหารส่วน|เมืองพัทยา)\S*)$"
)
_PROVINCE_IN_NAME = re.compile(r"(?:^|พื้นที่)จังหวัด(?P<name>\S+)")
_MUNICIPAL_PREFIX = re.compile(r"^เทศบาล(?:นคร|เมือง|ตำบล)")
_ALIKE = 0.85
_MUNICIPAL = frozenset({"CITY_MUNI", "TOWN_MUNI", "SUBDISTRICT_MUNI"})


@dataclass(frozen=True)
class Holder:
    """Organisation of a line and the rule that chose it.

    Parameters
    ----------
    organisation_code
        The organisation; a code of :func:`agency_code` may not exist yet.
    rule
        ``own`` its own line; ``covering`` the organisation of the tambon; ``province`` the PAO; ``agency`` nobody
        local: the agency itself.
    """

    organisation_code: str
    rule: str


def agency_code(name: str) -> str:
    """Code of an agency that is no local organisation: ``A`` and eight hexadecimal digits of its name.

    Examples
    --------
    >>> agency_code("กรมชลประทาน") == agency_code("กรมชลประทาน "), len(agency_code("กรมชลประทาน"))
    (True, 9)
    """
    return f"A{zlib.crc32(normalise(name).encode()):08X}"


@dataclass
class Holders:
    """Look-ups that choose a holder, read once."""

    by_full_name: dict[str, list[tuple[str, str]]] = field(default_factory=lambda: defaultdict(list))
    municipal: dict[str, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    pao: dict[str, str] = field(default_factory=dict)
    covering: dict[str, str] = field(default_factory=dict)
    seats: dict[str, str] = field(default_factory=dict)
    provinces: Mapping[str, str] = field(default_factory=dict)

    def province_of(self, name: str) -> str | None:
        """Province code by Thai name; the misspellings of scanned documents are forgiven."""
        if name in self.provinces:
            return self.provinces[name]
        alike = difflib.get_close_matches(name, self.provinces, n=1, cutoff=_ALIKE)
        return self.provinces[alike[0]] if alike else None

    def province_of_unit(self, unit: str) -> str | None:
        """Province that a budgetary unit belongs to: its own seat, or the one in its name (จังหวัด..., พื้นที่จังหวัด...)."""
        own = self._own(unit)
        if own is not None:
            return self.seats[own]
        named = _PROVINCE_IN_NAME.search(unit)
        return self.province_of(named["name"]) if named else None

    def choose(self, unit: str, province: str | None, tambon: str | None) -> Holder:
        """Holder of a line.

        Parameters
        ----------
        unit
            Budgetary unit as the document names it.
        province, tambon
            Area codes of the place, where known.
        """
        own = self._own(unit)
        if own is not None:
            return Holder(own, "own")
        if tambon is not None and tambon in self.covering:
            return Holder(self.covering[tambon], "covering")
        if province is not None and province in self.pao:
            return Holder(self.pao[province], "province")
        return Holder(agency_code(unit), "agency")

    def _own(self, unit: str) -> str | None:
        match = _LAO_UNIT.match(unit)
        if match is None:
            return None
        province = self.province_of(match["province"]) if match["province"] else None
        named = [code for code, seat in self.by_full_name.get(match["name"], []) if province in (None, seat)]
        if len(named) == 1:
            return named[0]
        if province is None:
            return None
        # since upgraded (another type, the same name) or misread by the scanner
        bare = _MUNICIPAL_PREFIX.sub("", match["name"])
        candidates = self.municipal[province]
        alike = difflib.get_close_matches(bare, candidates, n=1, cutoff=_ALIKE)
        return candidates[alike[0]] if alike else None


def read_holders(session: Session) -> Holders:
    """Read organisations, coverage and provinces."""
    holders = Holders()
    for code, type_code, name, full_name, province in session.execute(
        sa.text(
            "SELECT code, type_code, name_th, full_name_th, province_code FROM organisation "
            "WHERE type_code <> :agency AND NOT fictional AND valid_to IS NULL ORDER BY code"
        ),
        {"agency": AGENCY},
    ):
        holders.by_full_name[full_name].append((code, province))
        holders.seats[code] = province
        if type_code in _MUNICIPAL:
            holders.municipal[province].setdefault(name, code)
        if type_code == "PAO":
            holders.pao[province] = code
    # whoever covers the whole tambon; where several share it the SAO, whose land is the open country
    for tambon, code in session.execute(
        sa.text(
            "SELECT DISTINCT ON (c.tambon_code) c.tambon_code, c.organisation_code FROM organisation_coverage c "
            "JOIN organisation o ON o.code = c.organisation_code AND o.valid_to IS NULL AND NOT o.fictional "
            "ORDER BY c.tambon_code, c.extent = 'complete' DESC, o.type_code = 'SAO' DESC, c.organisation_code"
        )
    ):
        holders.covering[tambon] = code
    holders.provinces = {
        name: code
        for code, name in session.execute(
            sa.text("SELECT code, name_th FROM area WHERE level = 'province' AND NOT fictional")
        )
    }
    return holders
