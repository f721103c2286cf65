"""``/robots.txt``: pages for the public may be read, what answers programs or belongs to a person may not."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient


@pytest.fixture
def kept_away(client: FlaskClient) -> list[str]:
    answer = client.get("/robots.txt")
    assert answer.mimetype == "text/plain"
    first, *lines, last = answer.text.splitlines()
    assert last.startswith("Sitemap: http")
    assert first == "User-agent: *" and all(line.startswith("Disallow: /") for line in lines)
    return [line.removeprefix("Disallow: ") for line in lines]


def may_read(kept_away: list[str], path: str) -> bool:
    """As RFC 9309 reads it: a rule is the beginning of an address, ``*`` is anything."""
    return not any(re.match(re.escape(rule).replace(r"\*", ".*"), path) for rule in kept_away)


@pytest.mark.parametrize(
    "path",
    [
        "/projects",
        "/projects/D9901001-2570-1",
        "/plans/1",
        "/plan-versions/1/p02",
        "/map",
        "/budget",
        "/funnel",
        "/data/dictionary",
        "/organisations/D9901001",
        "/public/projects/70-D9901001-0001",
        "/public/organisations/D9901001",
        "/action-plans/1",
        "/static/main.js",
    ],
)
def test_public_pages_are_found(kept_away: list[str], path: str) -> None:
    assert may_read(kept_away, path)


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/projects",
        "/tiles/roads/1/2/3.mvt",
        "/login",
        "/account",
        "/account/tokens",
        "/jobs",
        "/imports/7",
        "/matches",
        "/receipts/R-1",
        "/money",
        "/plan-uploads/3",
        "/coordinates",
        "/questions",
        "/public/projects/70-D9901001-0001/ask",
        "/public/questions/1-x",
        "/public/subscriptions/1-x/end",
    ],
)
def test_programs_and_persons_are_left_alone(kept_away: list[str], path: str) -> None:
    assert not may_read(kept_away, path)
