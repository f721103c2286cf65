"""Sums of money stay right when two people pay the same project at the same moment."""

from __future__ import annotations

import threading
import uuid
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from tests import factories
from tests.conftest import cloned_database

INSERT = sa.text(
    "INSERT INTO contract (project_id, number, amount_baht, signed_on) VALUES (:project, :number, 100, '2026-11-04')"
)


def test_contracts_signed_at_once_are_both_in_the_sum(server_url: str, template_database: str) -> None:
    with cloned_database(server_url, template_database, f"eplan_test_money_sums_{uuid.uuid4().hex[:12]}") as url:
        engine = sa.create_engine(url)
        with Session(engine) as session, session.begin():
            project_id = factories.make_project(session, budget_baht=200).id
        first = engine.connect()
        outer = first.begin()
        first.execute(INSERT, {"project": project_id, "number": "1"})

        def second() -> None:
            with engine.begin() as connection:
                connection.execute(INSERT, {"project": project_id, "number": "2"})

        waiting = threading.Thread(target=second)
        waiting.start()
        waiting.join(0.5)
        assert waiting.is_alive(), "the second contract must wait for the first"
        outer.commit()
        waiting.join(10)
        with engine.connect() as connection:
            total = connection.scalar(sa.text("SELECT contracted_baht FROM project WHERE id = :p"), {"p": project_id})
        first.close()
        engine.dispose()
    assert total == Decimal("200.00")
