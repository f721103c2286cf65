"""A small country for the access table: two places far apart, one person of every role, one thing of every kind."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.auth.permissions import permissions
from app.models import (
    ApiToken,
    Attachment,
    BackgroundJob,
    GeometryDraft,
    ImportBatch,
    ImportPicture,
    ImportRow,
    PlanVersion,
    Project,
    UserAccount,
)
from tests import factories, pictures

VISITOR = "visitor"
ROLES = tuple(permissions())
EVERYBODY = frozenset({VISITOR, *ROLES})
SIGNED_IN = frozenset(ROLES)
ROUTE = "สธ.ถ.1-0001"
LINE = {"type": "LineString", "coordinates": [[101.9, 15.9], [101.91, 15.91]]}


@dataclass(frozen=True)
class Place:
    """Things of one organisation.

    Parameters
    ----------
    organisation
        Its code.
    published, planned
        Codes of a project that the public knows and of one that it does not.
    batch, row
        A staged import of the organisation and one of its rows, which came from a photograph.
    attachment
        A picture of the published project.
    plan, version
        Its plan and the version of it that is in force.
    upload
        A workbook that was sent for a form of that version.
    actions
        An action plan of it that is open.
    """

    organisation: str
    published: str
    planned: str
    batch: int
    row: int
    attachment: int
    plan: int
    version: int
    upload: int
    actions: int


@dataclass(frozen=True)
class World:
    """Both places, the people by role, and what belongs to a person rather than to a place."""

    own: Place
    other: Place
    people: dict[str, UserAccount]
    jobs: dict[str, int]
    tokens: dict[str, int]
    stranger_job: int
    stranger_token: int


def make_world(session: Session, var_dir: Path) -> World:
    """Fill the database and the folder of pictures; nothing but these files is shared between tests."""
    for province, amphoe, tambon, west in (("99", "9901", "990101", 101.8), ("98", "9801", "980101", 100.8)):
        bounds = (west, 15.8, west + 0.4, 16.2)
        factories.make_province(session, province, name_th=f"จังหวัด {province}", bounds=bounds)
        factories.make_amphoe(session, amphoe)
        factories.make_tambon(session, tambon)
    for code, province in (("D9901001", "99"), ("D9801001", "98")):
        factories.make_organisation(session, code, province_code=province, amphoe_code=f"{province}01")
    people = {role: _person(session, role) for role in ROLES}
    stranger = factories.make_user(session, "LAO_ENGINEER", organisation="D9801001")
    world = World(
        own=_place(session, "D9901001", stranger, var_dir),
        other=_place(session, "D9801001", stranger, var_dir),
        people=people,
        jobs={role: _job(session, person) for role, person in people.items()},
        tokens={role: _token(session, person) for role, person in people.items()},
        stranger_job=_job(session, stranger),
        stranger_token=_token(session, stranger),
    )
    for role in ("LAO_ENGINEER", "PROV_OFFICER"):
        _draft(session, people[role], world.own.published)
    factories.make_road(session, ROUTE)
    session.commit()
    return world


def upload(place: Place) -> dict[str, Any]:
    """Form of an import."""
    content = io.BytesIO(b'{"type": "FeatureCollection", "features": []}')
    form = {"organisation": place.organisation, "fiscal_year": "2570", "kind": "road"}
    return {**form, "file": (content, "roads.geojson")}


def picture_form() -> dict[str, Any]:
    """Form of a picture."""
    return {"file": (io.BytesIO(pictures.jpeg(size=(64, 48))), "ภาพ.jpg")}


def _person(session: Session, role: str) -> UserAccount:
    scope = permissions()[role].scope
    area = {"province": "99", "district": "9901"}.get(scope)
    return factories.make_user(session, role, organisation="D9901001" if scope == "organisation" else None, area=area)


def _place(session: Session, organisation: str, author: UserAccount, var_dir: Path) -> Place:
    published: Project = factories.make_project(session, organisation, status="BUDGET_APPROVED")
    planned: Project = factories.make_project(session, organisation, status="PLANNED")
    batch = ImportBatch(
        organisation_code=organisation,
        fiscal_year_be=2570,
        kind="road",
        file_name="roads.geojson",
        stored_name="absent",
        file_sha256="0" * 64,
        file_bytes=10,
        format="geojson",
        status="STAGED",
        row_count=1,
        created_by=author.id,
        created_by_name=author.display_name,
    )
    session.add(batch)
    session.flush()
    session.add(ImportRow(batch_id=batch.id, row_number=1, raw={}, values={}, level="ok", problems=[]))
    picture = factories.keep_picture(session, var_dir)
    session.add(ImportPicture(batch_id=batch.id, row_number=1, **picture.columns()))
    attachment = Attachment(project_id=published.id, created_by_name=author.display_name, **picture.columns())
    session.add(attachment)
    session.flush()
    line = factories.make_plan_line(session, organisation)
    plan = session.scalars(sa.select(PlanVersion.plan_id).where(PlanVersion.id == line.plan_version_id)).one()
    version = line.plan_version_id
    sent = factories.make_plan_upload(session, version)
    actions = factories.make_action_plan(session, organisation)
    return Place(
        organisation, published.code, planned.code, batch.id, 1, attachment.id, plan, version, sent.id, actions.id
    )


def _draft(session: Session, person: UserAccount, code: str) -> None:
    project_id = session.scalar(sa.select(Project.id).where(Project.code == code))
    session.add(GeometryDraft(user_id=person.id, project_id=project_id, content={}, base_version=0))
    session.flush()


def _job(session: Session, person: UserAccount) -> int:
    job = BackgroundJob(kind="export", title="ส่งออก", created_by=person.id)
    session.add(job)
    session.flush()
    return job.id


def _token(session: Session, person: UserAccount) -> int:
    token = ApiToken(user_id=person.id, name="t", prefix="eplan_x", token_sha256=f"{person.id:064d}")
    session.add(token)
    session.flush()
    return token.id
