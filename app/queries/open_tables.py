"""Rows of the open tables as CSV, made by the database: one COPY a table, of a large one a COPY a part."""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO, Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.auth.policy import Visibility
from app.queries.data_dictionary import Column, OpenTable
from app.queries.project_filter import ProjectFilter, conditions

# A cell that begins so is a formula to a spreadsheet (OWASP, CSV injection).
_FORMULA_START = r"^''*[=+\-@\t\r\n]"


PART_KEYS = 20_000
"""Keys of one statement when a table is copied in parts: some seconds' work, well within what one may take."""


def copy_table(
    session: Session, table: OpenTable, narrowed: ProjectFilter, file: IO[bytes], *, in_parts: bool = False
) -> None:
    """Write the published rows of a table, its names in the first line, UTF-8.

    Parameters
    ----------
    session
        A reading session: the tables of one package are of one moment, and so are the parts of a table.
    narrowed
        Which projects; only published ones are told, whoever asks.
    file
        Takes bytes.
    in_parts
        With a statement for every :data:`PART_KEYS` keys: for more rows than one statement has time for.
    """
    chosen = conditions(narrowed, Visibility.PUBLIC)
    where = " AND ".join(part for part in (table.condition, chosen.where) if part)
    columns = ", ".join(f'{_value(column)} AS "{column.name}"' for column in table.columns)
    select = f"SELECT {columns} FROM {table.relation} WHERE {where}"
    if not in_parts:
        _copy(session, f"{select} ORDER BY {table.order}", chosen.parameters, file, heads=True)
        return
    part = f"{select} AND {table.order} > :from_key AND {table.order} <= :to_key ORDER BY {table.order}"
    # At least one part, for the names.
    for start in range(0, max(_last_key(session, table), 1), PART_KEYS):
        keys = {"from_key": start, "to_key": start + PART_KEYS}
        _copy(session, part, {**chosen.parameters, **keys}, file, heads=start == 0)


def _copy(session: Session, select: str, parameters: Mapping[str, Any], file: IO[bytes], *, heads: bool) -> None:
    dialect = session.get_bind().dialect
    connection: Any = session.connection().connection.driver_connection
    options = "FORMAT csv, HEADER, ENCODING 'UTF8'" if heads else "FORMAT csv, ENCODING 'UTF8'"
    with connection.cursor() as cursor:
        statement = cursor.mogrify(str(sa.text(select).compile(dialect=dialect)), dict(parameters)).decode()
        cursor.copy_expert(f"COPY ({statement}) TO STDOUT ({options})", file)


def _last_key(session: Session, table: OpenTable) -> int:
    """Largest key of the relation's first table, whose keys order the rows."""
    name, alias = table.relation.split(maxsplit=2)[:2]
    return session.scalar(sa.text(f"SELECT max({table.order}) FROM {name} {alias}")) or 0


def _value(column: Column) -> str:
    if column.type == "boolean":
        return f"CASE WHEN {column.sql} THEN 'true' ELSE 'false' END"
    if column.type != "string":
        return column.sql
    # The colon of the class would be read as a parameter's: it is none here.
    return f"CASE WHEN {column.sql} ~ '{_FORMULA_START}' THEN '''' || {column.sql} ELSE {column.sql} END"
