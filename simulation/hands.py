"""What people enter: each act goes through the service of the platform, and is written into the book."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeVar

import sqlalchemy as sa
from shapely.geometry import LineString
from sqlalchemy.orm import Session

from app.auth.actor import Actor
from app.auth.loading import actor_by_id
from app.db import Attribution
from app.queries.record_sheets import GRANTS, SHEETS
from app.services import geometries, organisation_profile
from app.services.on_behalf import decide_on_behalf
from app.services.organisation_profile import PopulationEntry
from app.services.record_sheets import change_records
from app.services.sheets import CellChange, NewRow, SheetChanges
from simulation.book import (
    Book,
    Entry,
    Grant,
    Office,
    Person,
    Said,
    Sent,
    Work,
)
from simulation.clock import ZONE
from simulation.site import Site

Answer = TypeVar("Answer")
SHEET_OF = {"R": ("revenue", "R1"), "E": ("expenditure", "E510000"), "S": ("statistics", "S1"), "G": ("revenue", "R8"),
            "P": ("revenue", "R9")}  # fmt: skip
COLUMNS = ("objective", "target", "indicator", "expected_result", "department")
_receipts = itertools.count(1)


@dataclass
class Done:
    """What a service answered, and the receipt under which it wrote."""

    answer: Any
    receipt: str


class Hands:
    """Everybody's hands; ``places`` says where each organisation's roads lie."""

    def __init__(self, site: Site, book: Book, places: Mapping[str, tuple[float, float]]) -> None:
        self.site = site
        self.book = book
        self.places = places
        self._shapes = itertools.count(1)

    # --- how an act is done ---

    def do(self, who: Person, act: Callable[..., Answer], *given: Any, **named: Any) -> Done:
        """Call a service as somebody, in a transaction that says so."""
        receipt = f"sim-{next(_receipts):06d}"
        with self.site.database.transaction(Attribution(who.id, who.key, request_id=receipt)) as session:
            self.book.note("acts")
            return Done(act(session, self.actor(session, who), *given, **named), receipt)

    @staticmethod
    def actor(session: Session, who: Person) -> Actor:
        """Somebody as the platform knows them today."""
        found = actor_by_id(session, who.id)
        assert found is not None
        return found

    def read(self, statement: str, **values: Any) -> Any:
        """A number that the next act needs, as a page would carry it."""
        with self.site.database.reading() as session:
            return session.scalar(sa.text(statement), values)

    @property
    def today(self) -> date:
        """Today."""
        return datetime.now(ZONE).date()

    def entered(self, who: Person, office: Office, done: Done, topic: str, *records: object) -> None:
        """Note it when an officer entered it for the organisation; ``records`` tell them apart."""
        if who.office is None and records:
            self.book.entries.append(Entry(done.receipt, office.code, who.key, self.today))
            names = frozenset(f"{topic}:{one}" for one in records)
            self.said(who, office, "entered", names, topic, done.receipt)

    def said(
        self,
        who: Person,
        office: Office,
        act: str,
        records: frozenset[str],
        topic: str | None = None,
        receipt: str | None = None,
    ) -> None:
        """Note an act of an officer."""
        self.book.said.append(Said(who.key, self.today, office.code, act, records, datetime.now(ZONE), topic, receipt))

    # --- the profile and the people ---

    def profile(self, who: Person, office: Office, changes: Mapping[str, Any]) -> None:
        """Fields of the profile; what is empty or says nothing is typed as well."""
        version = self.read("SELECT row_version FROM organisation_profile WHERE organisation_code = :o", o=office.code)
        done = self.do(
            who, organisation_profile.update_profile, office.code, changes, if_match_version=int(version or 0)
        )
        office.profile.update(changes)
        self.entered(who, office, done, "LAO_DATA", office.code)

    def population(
        self, who: Person, office: Office, year: int, counts: tuple[int | None, int | None, int | None]
    ) -> None:
        """Men, women and households of a year."""
        version = self.read(
            "SELECT row_version FROM organisation_population WHERE organisation_code = :o AND year_be = :y",
            o=office.code, y=year,
        )  # fmt: skip
        entry = PopulationEntry(year, *counts, row_version=int(version or 0))
        done = self.do(who, organisation_profile.save_population, office.code, [entry])
        office.population[year] = counts
        self.entered(who, office, done, "POPULATION", year)

    # --- money by month, and grants ---

    def finance(
        self, who: Person, office: Office, year: int, number: int, amounts: Mapping[str, Decimal | None]
    ) -> None:
        """Items of a month of the fiscal year; an empty cell is an empty cell. Each sheet is a save of its own."""
        for letter, baht in amounts.items():
            sheet, item = SHEET_OF[letter]
            before = office.finance.get((year, number, letter))
            change = CellChange(
                item, f"m{number}", None if before is None else f"{before:.2f}", "" if baht is None else f"{baht:.2f}"
            )
            done = self.do(who, change_records, SHEETS[sheet], office.code, year, SheetChanges(cells=[change]))
            assert done.answer.clean, done.answer
            if baht is None:
                office.finance.pop((year, number, letter), None)
            else:
                office.finance[year, number, letter] = baht
                self.entered(who, office, done, "FINANCE", f"{year}:{number}:{letter}")

    def grant(self, who: Person, office: Office, grant: Grant) -> None:
        """A grant as far as it is known."""
        cells = {"kind": grant.kind, "name_th": f"เงินอุดหนุน {len(office.grants) + 1}", **self._of_grant(grant)}
        done = self.do(who, change_records, GRANTS, office.code, grant.year, SheetChanges(inserts=[NewRow("g", cells)]))
        assert done.answer.clean, done.answer
        office.grants.append(grant)
        self.entered(who, office, done, grant.kind, id(grant))

    def mend_grant(self, who: Person, office: Office, grant: Grant, letter: str, received: Decimal, on: date) -> None:
        """Its letter and what arrived of it."""
        row = self.read(
            "SELECT id FROM grant_allotment WHERE organisation_code = :o AND name_th = :name",
            o=office.code, name=f"เงินอุดหนุน {office.grants.index(grant) + 1}",
        )  # fmt: skip
        before = self._of_grant(grant)
        grant.letter, grant.received, grant.received_on = letter, received, on
        after = self._of_grant(grant)
        cells = [
            CellChange(str(row), key, before.get(key), value)
            for key, value in after.items()
            if value != before.get(key)
        ]
        done = self.do(who, change_records, GRANTS, office.code, grant.year, SheetChanges(cells=cells))
        assert done.answer.clean, done.answer
        self.entered(who, office, done, grant.kind, id(grant))

    @staticmethod
    def _of_grant(grant: Grant) -> dict[str, str | None]:
        return {
            "letter": grant.letter or None,
            "allotted_baht": None if grant.allotted is None else f"{grant.allotted:.2f}",
            "received_baht": None if grant.received is None else f"{grant.received:.2f}",
            "received_on": grant.received_on.isoformat() if grant.received_on else None,
        }

    # --- coordinates ---

    def place(self, who: Person, office: Office, work: Work, *, again: bool = False) -> None:
        """Coordinates sent in; ``again``: the very shape that was sent back."""
        before = [one.shape for one in self.book.sent if one.work is work]
        shape = before[-1] if again else next(self._shapes)
        west, south = self.places[office.code]
        y = south + 0.0004 * shape
        line = LineString([(west, y), (west + 0.006, y + 0.0001)])
        version = self.read("SELECT geometry_version FROM project WHERE code = :code", code=work.code)
        done = self.do(who, geometries.record_geometry, work.code, [line], if_match_version=version, status="SUBMITTED")
        self._placed(office, work, "SUBMITTED", shape)
        self.entered(who, office, done, "COORDINATES", f"{work.code}:{shape}:{done.receipt}")

    def review(self, who: Person, office: Office, work: Work, verdict: str) -> None:
        """The province verifies them or sends them back with a comment."""
        version = self.read("SELECT geometry_version FROM project WHERE code = :code", code=work.code)
        note = "แนวไม่ตรงกับถนนจริง ขอให้วัดใหม่" if verdict == "RETURNED" else None
        self.do(who, geometries.review_geometry, work.code, verdict, if_match_version=version, note=note)
        shape = next(one.shape for one in reversed(self.book.sent) if one.work is work)
        self._placed(office, work, verdict, shape)
        told = frozenset({f"{work.code}:{verdict}:{shape}:{version}"})
        self.said(who, office, verdict.lower(), told)

    def _placed(self, office: Office, work: Work, status: str, shape: int) -> None:
        work.place = status
        self.book.sent.append(Sent(work, office.code, status, self.today, shape))

    # --- entries on behalf ---

    def decide(self, who: Person, entry: Entry, decision: str) -> None:
        """The organisation stands by what was entered for it, or does not."""
        comment = "ตัวเลขไม่ตรงกับเอกสาร" if decision == "DENIED" else None
        self.do(who, decide_on_behalf, entry.office, entry.receipt, decision, comment)
        entry.decision = decision
