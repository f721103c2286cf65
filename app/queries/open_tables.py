"""Rows of the open tables as CSV, made by the database: one COPY a table, whatever its size."""

from __future__ import annotations

from typing import IO, Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.auth.policy import Visibility
from app.queries.data_dictionary import Column, OpenTable
from app.queries.project_filter import ProjectFilter, conditions

# A cell that begins so is a formula to a spreadsheet (OWASP, CSV injection).
_FORMULA_START = r"^''*[=+\-@\t\r\n]"


def copy_table(session: Session, table: OpenTable, narrowed: ProjectFilter, file: IO[bytes]) -> None:
    """Write the published rows of a table, its names in the first line, UTF-8.

    Parameters
    ----------
    session
        A reading session: the tables of one package are of one moment.
    narrowed
        Which projects; only published ones are told, whoever asks.
    file
        Takes bytes.
    """
    chosen = conditions(narrowed, Visibility.PUBLIC)
    where = " AND ".join(part for part in (table.condition, chosen.where) if part)
    columns = ", ".join(f'{_value(column)} AS "{column.name}"' for column in table.columns)
    select = f"SELECT {columns} FROM {table.relation} WHERE {where} ORDER BY {table.order}"
    dialect = session.get_bind().dialect
    connection: Any = session.connection().connection.driver_connection
    with connection.cursor() as cursor:
        statement = cursor.mogrify(str(sa.text(select).compile(dialect=dialect)), dict(chosen.parameters)).decode()
        cursor.copy_expert(f"COPY ({statement}) TO STDOUT (FORMAT csv, HEADER, ENCODING 'UTF8')", file)


def _value(column: Column) -> str:
    if column.type == "boolean":
        return f"CASE WHEN {column.sql} THEN 'true' ELSE 'false' END"
    if column.type != "string":
        return column.sql
    # The colon of the class would be read as a parameter's: it is none here.
    return f"CASE WHEN {column.sql} ~ '{_FORMULA_START}' THEN '''' || {column.sql} ELSE {column.sql} END"
