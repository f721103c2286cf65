"""Names of organisations as outside files write them: in full, short, after a department, with the amphoe behind."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from gis.thai import ORGANISATION_KINDS, search_key

_KINDS = {**{full: short for short, full in ORGANISATION_KINDS.items()}, "เมืองพัทยา": "พัทยา"}
_SHORT = re.compile(r"(?<![ก-๙.])(?P<kind>อบ ?\.? ?[จต]|ท ?\.? ?[นมต](?= ?\.))\.? ?")
_FULL = re.compile(r"(?P<kind>องค์การบริหารส่วน(?:ตำบล|จังหวัด)|เทศบาล(?:นคร|เมือง|ตำบล)|เทศบาล|เมืองพัทยา) ?")
_AFTERWARDS = re.compile(r"[ ,(]*(?:(?:อำเภอ|จังหวัด|อ\.|จ\.|ตำบล|ต\.)(?P<place>.*))?[ )]*$")
_PROVINCE = re.compile(r"(?:จังหวัด|จ\.) ?(?P<name>[ก-๙]+)")
_CODE = re.compile(r"[0-9]{5,10}")
_NAME = re.compile(r"(?P<name>[ก-๙a-z0-9.-]+)")


@dataclass(frozen=True)
class Body:
    """An organisation as a text names it.

    Parameters
    ----------
    kind
        ``อบต``, ``อบจ``, ``ทต``, ``ทม``, ``ทน``, ``เทศบาล`` (which one is not said), ``พัทยา``; ``""`` for
        anything else.
    name
        Its own name, without kind, spaces and places.
    province
        Province that the text says, ``""`` when none.
    """

    kind: str
    name: str
    province: str = ""

    @property
    def key(self) -> str:
        """Kind and name as one text."""
        return f"{self.kind}:{self.name}"


def is_code(text: str) -> bool:
    """True for a code in the place of a name: the DLA's eight digits and the like."""
    return _CODE.fullmatch(text.strip()) is not None


@lru_cache(maxsize=100_000)
def body_of(text: str) -> Body:
    """Read the name of an organisation.

    Examples
    --------
    >>> body_of("กองช่าง อบต.หนองสาธิต อ.เมือง จ.ชัยภูมิ")
    Body(kind='อบต', name='หนองสาธิต', province='ชัยภูมิ')
    >>> body_of("องค์การบริหารส่วนตำบล หนองสาธิต").key == body_of("อบต. หนองสาธิต").key
    True
    >>> body_of("โรงพยาบาลชัยบาดาล")
    Body(kind='', name='โรงพยาบาลชัยบาดาล', province='')
    """
    plain = search_key(text).replace("\u00a0", " ")
    said = _PROVINCE.search(plain)
    province = said["name"] if said else ""
    match = _FULL.search(plain)
    kind = ""
    if match is not None:
        kind = _KINDS.get(match["kind"], match["kind"])
    elif (match := _SHORT.search(plain)) is not None:
        kind = re.sub(r"[ .]", "", match["kind"])
    rest = plain[match.end() :] if match is not None else plain
    name = _NAME.match(rest)
    if not kind:
        return Body("", re.sub(r"\s+", "", plain), province)
    own = name["name"] if name else ""
    own = re.split(r"อำเภอ|จังหวัด|อ\.|จ\.", own)[0]
    if kind == "อบจ" and not province:
        province = own
    return Body(kind, own, province)
