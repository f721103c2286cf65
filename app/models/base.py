"""Declarative base: naming convention, money, geometry columns."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, ClassVar

import sqlalchemy as sa
from geoalchemy2 import Geometry
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, mapped_column

STORAGE_SRID = 4326
TILE_SRID = 3857


class Base(DeclarativeBase):
    """Every table; constraint names are stable so that a migration can speak of them."""

    metadata = sa.MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        str: sa.Text(),
        Decimal: sa.Numeric(14, 2),
        datetime: sa.TIMESTAMP(timezone=True),
        dict[str, Any]: JSONB(),
        list[Any]: JSONB(),
        list[str]: sa.ARRAY(sa.Text()),
    }


Identity = Annotated[int, mapped_column(sa.BigInteger, sa.Identity(always=False), primary_key=True)]
Metres = Annotated[Decimal, mapped_column(sa.Numeric(12, 3))]
CreatedAt = Annotated[datetime, mapped_column(server_default=sa.func.now())]


def geometry(kind: str, srid: int = STORAGE_SRID, *, index: bool = True) -> Geometry:
    """Geometry column type, two dimensions, GiST index unless told otherwise."""
    return Geometry(geometry_type=kind, srid=srid, dimension=2, spatial_index=index)
