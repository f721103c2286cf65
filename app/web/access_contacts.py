"""Who can give access: people by name where there are any, else the office."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.auth.permissions import permissions
from app.db import Database
from app.messages import Language
from app.queries.accounts import holders_of_role


def who_gives_access(database: Database, values: Mapping[str, Any], language: Language) -> str:
    """Words for "ask ... for access" from the values of a refusal."""
    role = str(values.get("given_by", "DLA_CENTRAL"))
    organisation = values.get("organisation_code")
    with database.reading() as session:
        people = holders_of_role(session, role, organisation, limit=3)
    row = permissions()[role]
    office = row.name_th if language == "th" else row.name_en
    return f"{office} ({', '.join(people)})" if people else office
