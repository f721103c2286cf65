"""Addresses of what is reviewed: taken out, brought back, sent in, approved and returned; once for every kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from flask import Blueprint
from sqlalchemy.orm import Session

from app.errors import NotFound
from app.queries.budget_reviews import comments_on
from app.services.reviewed import Reviewed, ReviewReceipt
from app.web.context import current
from app.web.endpoint import Access, api_route
from app.web.money_body import Body
from app.web.organisation_money import COMMENTS, OBJECT, RECEIPT, acted, comments_of, require_staff, written
from app.web.payloads import if_match

Decide = Callable[..., ReviewReceipt]


@dataclass(frozen=True)
class ReviewedRoutes:
    """A kind of record and what may be done to it.

    Parameters
    ----------
    word
        What it is called: "document".
    table
        Where its rows are.
    rule
        Address of one, with its number as the only value.
    letter
        Of its version in ``If-Match``.
    one, lines
        What reads a record, and what stands in it under the name given.
    fields, approval
        Bodies of a change and of an approval.
    change
        Writes a read body: (session, actor, number, given, version).
    submit, approve, send_back, remove, restore
        Of the service.
    """

    word: str
    table: Reviewed
    rule: str
    letter: str
    one: Callable[[Session, int], Any]
    lines: tuple[str, Callable[[Session, int], list[Any]]]
    fields: Body
    approval: Body
    change: Callable[..., ReviewReceipt]
    submit: Decide
    approve: Decide
    send_back: Decide
    remove: Decide
    restore: Decide

    @property
    def headers(self) -> Mapping[str, str]:
        """What the version is for."""
        said = f'row_version of the {self.word} that you read, such as "{self.letter}3"'
        return {"If-Match": f"{said}; without it 428, when stale 412"}


def declare(blueprint: Blueprint, of: ReviewedRoutes) -> None:
    """Declare the addresses of one record: read, changed, removed, restored, sent in, approved, returned."""
    _declare_record(blueprint, of)
    _declare_removal(blueprint, of)
    _declare_decisions(blueprint, of)


def _declare_record(blueprint: Blueprint, of: ReviewedRoutes) -> None:
    name, lines_of = of.lines

    @api_route(
        blueprint,
        of.rule,
        access=Access.SIGNED_IN,
        summary=f"One {of.word} with its {name} and the comments of its review (staff)",
        response=OBJECT,
    )
    def read_one(**path: int) -> dict[str, Any]:
        """Open comments come first."""
        row_id = _number(path)
        with current().database.reading() as session:
            require_staff(session)
            row = of.one(session, row_id)
            if row is None:
                raise NotFound(f"{of.table}_not_found", {"id": row_id})
            return {
                **asdict(row),
                name: [asdict(line) for line in lines_of(session, row_id)],
                "comments": [asdict(one) for one in comments_on(session, of.table, str(row_id))],
            }

    @api_route(
        blueprint,
        of.rule,
        method="PUT",
        access=Access.SIGNED_IN,
        summary=f"Change what a draft or returned {of.word} says; every field is given again",
        response=RECEIPT,
        body=of.fields.schema(),
        headers=of.headers,
    )
    def change(**path: int) -> dict[str, Any]:
        """What is left out becomes nothing."""
        version = if_match(of.letter)
        return written(
            of.fields, lambda session, actor, given: of.change(session, actor, _number(path), given, version)
        )


def _declare_removal(blueprint: Blueprint, of: ReviewedRoutes) -> None:
    @api_route(
        blueprint,
        of.rule,
        method="DELETE",
        access=Access.SIGNED_IN,
        summary=f"Take a draft {of.word} out; it can be brought back",
        response=RECEIPT,
        headers=of.headers,
    )
    def remove(**path: int) -> dict[str, Any]:
        """With what stands in it."""
        version = if_match(of.letter)
        return acted(lambda session, actor: of.remove(session, actor, _number(path), if_match_version=version))

    @api_route(
        blueprint,
        f"{of.rule}/restore",
        method="POST",
        access=Access.SIGNED_IN,
        summary=f"Bring a removed draft {of.word} back",
        response=RECEIPT,
    )
    def restore(**path: int) -> dict[str, Any]:
        """Unless its number was given to another."""
        return acted(lambda session, actor: of.restore(session, actor, _number(path)))


def _declare_decisions(blueprint: Blueprint, of: ReviewedRoutes) -> None:
    @api_route(
        blueprint,
        f"{of.rule}/submit",
        method="POST",
        access=Access.SIGNED_IN,
        summary=f"Send a {of.word} in for approval",
        response=RECEIPT,
        headers=of.headers,
    )
    def submit(**path: int) -> dict[str, Any]:
        """Another person decides on it."""
        version = if_match(of.letter)
        return acted(lambda session, actor: of.submit(session, actor, _number(path), if_match_version=version))

    @api_route(
        blueprint,
        f"{of.rule}/approve",
        method="POST",
        access=Access.SIGNED_IN,
        summary=f"Approve a {of.word} that another person prepared and sent in",
        response=RECEIPT,
        body=of.approval.schema(),
        headers=of.headers,
    )
    def approve(**path: int) -> dict[str, Any]:
        """Its money counts from now on."""
        version = if_match(of.letter)
        return written(
            of.approval,
            lambda session, actor, given: of.approve(session, actor, _number(path), **given, if_match_version=version),
        )

    @api_route(
        blueprint,
        f"{of.rule}/return",
        method="POST",
        access=Access.SIGNED_IN,
        summary=f"Return a {of.word} with comments on its fields",
        response=RECEIPT,
        body=COMMENTS.schema(),
        headers=of.headers,
    )
    def send_back(**path: int) -> dict[str, Any]:
        """At least one comment says what has to be mended."""
        version = if_match(of.letter)
        return written(
            COMMENTS,
            lambda session, actor, given: of.send_back(
                session, actor, _number(path), comments_of(given), if_match_version=version
            ),
        )


def _number(path: Mapping[str, int]) -> int:
    [row_id] = path.values()
    return row_id
