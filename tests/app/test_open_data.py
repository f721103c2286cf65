"""Open tables: valid packages of what is published, nobody named, and every field with its meaning."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from decimal import Decimal
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any

import pytest
from flask.testing import FlaskClient
from frictionless import Package, system
from sqlalchemy.orm import Session

from app.queries import open_tables
from app.queries.data_dictionary import TABLES
from app.services import open_data
from app.web import open_data as open_data_pages
from app.web.growing_file import Abandoned, GrowingFile
from tests import factories
from tests.statements import counted


@pytest.fixture
def world(session: Session) -> None:
    """A road with money, a contract with a person, a name that is a formula, and one that nobody may know of yet."""
    organisation = factories.make_organisation(session)
    road = factories.make_project(session, organisation, status="DISBURSING", name_th="=ก่อสร้างถนน")
    money = factories.make_appropriation(
        session, road, 4_850_000, programme_code="00310", legal_reference='ข้อบัญญัติ "2570"'
    )
    company = factories.make_contract(session, road, 4_000_000, procurement_method_code="E_BIDDING")
    person = factories.make_contract(
        session, road, 100_000, number="13/2570", contractor_name="นายสมมติ", contractor_is_person=True
    )
    factories.make_disbursement(session, money, Decimal("1386000.50"), contract=company)
    factories.make_disbursement(session, money, 50_000, contract=person)
    factories.make_geometry(session, road, factories.line(), status="VERIFIED")
    pond = factories.make_project(session, organisation, status="BUDGET_APPROVED", kind="water", name_th="ขุดสระ")
    factories.make_appropriation(session, pond, 300_000)
    factories.make_geometry(session, pond, factories.pond(), status="SUBMITTED")
    planned = factories.make_project(session, organisation, status="PLANNED", name_th="ยังไม่เผยแพร่")
    factories.make_appropriation(session, planned, 1)
    session.commit()


def taken(client: FlaskClient, address: str, folder: Path) -> tuple[dict[str, Any], dict[str, list[dict[str, str]]]]:
    """Descriptor and tables of a package, after frictionless has found nothing wrong with it."""
    answer = client.get(address)
    assert (answer.status_code, answer.mimetype) == (200, "application/zip"), answer.text
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        archive.extractall(folder)
    assert (folder / "dictionary.csv").read_bytes()[:3] == b"\xef\xbb\xbf"
    with system.use_context(trusted=True):
        report = Package(str(folder / "datapackage.json")).validate()
    assert report.valid, report.flatten(["title", "fieldName", "message", "note"])
    descriptor = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    tables = {}
    for resource in descriptor["resources"]:
        with (folder / resource["path"]).open(encoding="utf-8", newline="") as file:
            tables[resource["name"]] = list(csv.DictReader(file))
    return descriptor, tables


def test_the_fiscal_data_package_is_valid_and_tells_the_phases(
    client: FlaskClient, world: None, tmp_path: Path
) -> None:
    descriptor, tables = taken(client, "/api/v1/fiscal-data-package", tmp_path)
    budget, payments = descriptor["resources"][:2]
    types = {field["name"]: field.get("columnType") for field in budget["schema"]["fields"]}
    assert types["fund_source"] == "fin-source:generic:code" and types["fiscal_year"] == "date:fiscal-year"
    phases = [f["normalize"]["phase"] for f in budget["schema"]["fields"] if "normalize" in f]
    extra = {field["name"]: field for field in budget["schema"]["extraFields"]}
    assert phases == ["approved", "adjusted", "executed"]
    assert extra["value"]["normalizationTarget"] and extra["currency"]["constant"] == "THB"
    assert {"fields": "budget_line", "reference": {"resource": "appropriations", "fields": "budget_line"}} in payments[
        "schema"
    ]["foreignKeys"]
    assert sorted(row["executed_baht"] for row in tables["appropriations"]) == ["0", "1436000.50"]
    assert sorted(row["amount_baht"] for row in tables["payments"]) == ["1386000.50", "50000.00"]
    assert {row["contractor"] for row in tables["payments"]} == {"บริษัท สาธิตการโยธา จำกัด", ""}


@pytest.mark.parametrize("name", list(TABLES))
def test_every_table_comes_with_a_dictionary_that_fits_it(
    client: FlaskClient, world: None, tmp_path: Path, name: str
) -> None:
    descriptor, tables = taken(client, f"/api/v1/open-data/{name}", tmp_path)
    rows, listed = tables[name], {(row["list"], row["code"]) for row in tables["codes"]}
    with (tmp_path / "dictionary.csv").open(encoding="utf-8-sig", newline="") as file:
        told = [line["field"] for line in csv.DictReader(file)]
    assert rows and list(rows[0]) == told
    for field in descriptor["resources"][0]["schema"]["fields"]:
        if "codeList" in field:
            assert {(field["codeList"], row[field["name"]]) for row in rows if row[field["name"]]} <= listed
    text = (tmp_path / f"{name}.csv").read_text(encoding="utf-8")
    assert "ยังไม่เผยแพร่" not in text and "นายสมมติ" not in text
    assert "'=ก่อสร้างถนน" in text  # no formula for a spreadsheet
    if name == "projects":
        assert [row["lon"] != "" for row in rows] == [True, False]  # verified coordinates only


def test_a_package_is_narrowed_as_the_list_is(client: FlaskClient, world: None, tmp_path: Path) -> None:
    _descriptor, tables = taken(client, "/api/v1/open-data/projects?kind=water", tmp_path)
    assert [row["project_name"] for row in tables["projects"]] == ["ขุดสระ"]
    assert client.get("/api/v1/open-data/nothing").status_code == 404
    assert client.get("/api/v1/open-data/projects?kind=air").status_code == 400


def test_a_large_package_is_sent_while_it_is_made_in_parts(
    client: FlaskClient, world: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    descriptor, small = taken(client, "/api/v1/fiscal-data-package", tmp_path)
    monkeypatch.setattr(open_data, "SMALL_PROJECTS", 1)
    monkeypatch.setattr(open_tables, "PART_KEYS", 1)
    answer = client.get("/api/v1/fiscal-data-package")
    assert "Content-Length" not in answer.headers
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        assert archive.testzip() is None
        assert json.loads(archive.read("datapackage.json"))["resources"] == descriptor["resources"]
        for name, rows in small.items():
            assert list(csv.DictReader(io.StringIO(archive.read(f"{name}.csv").decode(), newline=""))) == rows


def test_what_breaks_on_the_way_is_no_file_and_a_reader_who_leaves_ends_the_writing(tmp_path: Path) -> None:
    def write(grown: GrowingFile) -> None:
        grown.write(b"beginning")
        raise RuntimeError

    broken = GrowingFile(tmp_path / "a")
    with pytest.raises(RuntimeError):
        broken.fill(write)
    with pytest.raises(OSError, match="could not be made"):
        list(broken.chunks())
    left = GrowingFile(tmp_path / "b")
    left.leave()
    with pytest.raises(Abandoned):
        left.fill(write)
    assert list(tmp_path.iterdir()) == []


def test_more_large_packages_than_can_be_made_are_told_to_wait(
    client: FlaskClient, world: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(open_data, "SMALL_PROJECTS", 1)
    monkeypatch.setattr(open_data_pages, "_LARGE", BoundedSemaphore(1))
    assert open_data_pages._LARGE.acquire(blocking=False)
    answer = client.get("/api/v1/fiscal-data-package")
    assert answer.status_code == 503 and answer.json is not None and answer.json["code"] == "open_data_busy"


def test_the_root_leads_to_every_table_and_its_dictionary(client: FlaskClient, world: None) -> None:
    told = client.get("/api/v1/open-data").json
    assert told is not None
    assert [table["name"] for table in told["tables"]] == list(TABLES)
    page = client.get("/data/dictionary").text
    for table in told["tables"]:
        assert client.get(table["href"]).status_code == 200
        address, _, anchor = table["dictionary"].partition("#")
        assert address == "/data/dictionary" and f'id="{anchor}"' in page
    assert all(client.get(address).status_code == 200 for address in told["packages"].values())


def test_one_statement_counts_and_one_copies(client: FlaskClient, session: Session, world: None) -> None:
    client.get("/api/v1/open-data/contracts")
    with counted(session) as sent:
        client.get("/api/v1/open-data/contracts")
    assert len([text for text in sent if "project" in str(text)]) <= 2


def test_the_page_tells_every_field(client: FlaskClient) -> None:
    page = client.get("/data/dictionary").text
    for table in TABLES.values():
        for column in table.columns:
            assert column.meaning_th in page and re.search(rf"<code>{column.name}</code>", page)
            assert column.meaning_en and column.title_en
