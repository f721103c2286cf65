"""The data service: what a token of an agency may be given. Plain values, asked by the edge and by services."""

from __future__ import annotations

from app.auth.actor import TokenScope

RESOURCES = ("projects", "geometries", "money", "plans", "changes", "exports")
"""What a token reads: projects, their coordinates, sums of money, plans, what changed since, ordered files."""
MOST_DAYS = 1096
MOST_REQUESTS = 1_000_000
MOST_ROWS = 100_000_000


def covers(scope: TokenScope, area_code: str | None) -> bool:
    """True when an area lies in the token's; where nothing is known of the place, only without limits.

    Examples
    --------
    >>> covers(TokenScope(1, frozenset(), ("50",)), "500101"), covers(TokenScope(1, frozenset(), ("50",)), None)
    (True, False)
    """
    return not scope.areas or (area_code is not None and area_code.startswith(scope.areas))
