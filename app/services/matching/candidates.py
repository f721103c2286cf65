"""Which projects a row can mean at all: the most similar by rare pieces of the name, organisation, year and village.

Every row is compared with every project by one sparse product: pieces of three letters weighed by how rare they are,
and beside them one column per organisation, fiscal year and village number. A missing or misread column costs a
candidate some places but never shuts it out, as a strict block by organisation would.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from rapidfuzz import fuzz, process
from scipy import sparse
from sklearn.feature_extraction.text import TfidfTransformer
from sparse_dot_topn import sp_matmul_topn

from app.services.matching.bodies import Body, body_of
from app.services.matching.rows import KnownProject, OutsideRow
from gis.name_parts import NameParts, parts_of
from gis.thai import fiscal_year_be, search_key

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]

THREADS = min(os.cpu_count() or 1, 8)
KEPT = 30
"""Candidates of a row that are looked at closely."""
_TOO_COMMON = 0.1
"""Pieces that stand in more of the names than this tell nothing and cost the most."""
_ALWAYS_KEPT = 2_000
_WEIGHT_TEXT, _WEIGHT_BODY, _WEIGHT_YEAR, _WEIGHT_VILLAGE, _WEIGHT_ROUTE, _WEIGHT_MONEY = (
    1.0,
    0.55,
    0.1,
    0.15,
    0.5,
    0.12,
)
_SIMILAR_BODY = 84.0
_MONEY_STEP = 0.04
"""Amounts within about four percent share a column."""


@dataclass(frozen=True)
class Side:
    """One side of the comparison as columns.

    Parameters
    ----------
    parts
        Names taken apart.
    bodies
        Organisation of each, ``None`` where not said.
    body_index
        Index into ``body_list``; -1 where not said.
    body_list
        Organisations that occur, with their province.
    provinces
        Province of each; ``""`` where not said.
    years
        Fiscal years, Buddhist era; 0 where not said.
    """

    parts: Sequence[NameParts]
    bodies: Sequence[Body | None]
    body_index: IntArray
    body_list: Sequence[Body]
    provinces: Sequence[str]
    years: IntArray
    villages: IntArray
    sois: IntArray
    phases: IntArray
    numbers: IntArray

    def __len__(self) -> int:
        return len(self.parts)


def _side(names: Sequence[str], bodies: Sequence[Body | None], provinces: Sequence[str], years: Sequence[int]) -> Side:
    parts = [parts_of(name) for name in names]
    listed: dict[tuple[Body, str], int] = {}
    index = [
        -1 if body is None else listed.setdefault((body, province), len(listed))
        for body, province in zip(bodies, provinces, strict=True)
    ]
    return Side(
        parts=parts,
        bodies=bodies,
        body_index=np.array(index, dtype=np.int64),
        body_list=[body for body, _ in listed],
        provinces=provinces,
        years=np.array(years, dtype=np.int64),
        villages=np.array([part.villages for part in parts], dtype=np.int64),
        sois=np.array([part.sois for part in parts], dtype=np.int64),
        phases=np.array([part.phases for part in parts], dtype=np.int64),
        numbers=np.array([part.numbers for part in parts], dtype=np.int64),
    )


def _said_body(text: str, province: str) -> tuple[Body | None, str]:
    plain = text.strip(" -–")
    body = body_of(plain) if plain else None
    return body, search_key(province.strip(" -–")) or (body.province if body else "")


def side_of_rows(rows: Sequence[OutsideRow]) -> Side:
    """Rows as columns; where a row does not say its fiscal year, that of its day."""
    said = [_said_body(row.organisation, row.province) for row in rows]
    years = [row.fiscal_year_be or (fiscal_year_be(row.day) if row.day else 0) for row in rows]
    return _side([row.name for row in rows], [body for body, _ in said], [place for _, place in said], years)


def side_of_projects(projects: Sequence[KnownProject]) -> Side:
    """Projects as columns."""
    said = [_said_body(project.organisation, project.province) for project in projects]
    return _side(
        [f"{project.name} {project.route_code}" if project.route_code else project.name for project in projects],
        [body for body, _ in said],
        [place for _, place in said],
        [project.fiscal_year_be or 0 for project in projects],
    )


@dataclass(frozen=True)
class Pairs:
    """Row and project of every pair that is looked at closely, rows rising.

    Parameters
    ----------
    row, project
        Indexes.
    cosine
        Similarity of the names by rare pieces, 0 to 1.
    """

    row: IntArray
    project: IntArray
    cosine: FloatArray


def find(
    rows: Side, projects: Side, amounts: tuple[FloatArray, FloatArray], sure: Mapping[int, Sequence[int]]
) -> Pairs:
    """The pairs that are worth a close look.

    Parameters
    ----------
    amounts
        Baht of each row and of each project; 0 where not known.
    sure
        Row -> projects that hold its number; they are looked at whatever their name.
    """
    if not len(rows) or not len(projects):
        nothing = np.empty(0, dtype=np.int64)
        return Pairs(nothing, nothing, np.empty(0))
    text_rows, text_projects = _text(rows, projects)
    left = sparse.hstack([_WEIGHT_TEXT * text_rows, *_columns_of_rows(rows, projects, amounts[0])], format="csr")
    right = sparse.hstack([_WEIGHT_TEXT * text_projects, *_columns_of_projects(projects, amounts[1])], format="csr")
    best = sp_matmul_topn(
        left.astype(np.float32), right.T.tocsr().astype(np.float32), top_n=KEPT, n_threads=THREADS
    ).tocoo()
    extra = [(row, project) for row, found in sure.items() for project in found]
    keys = best.row.astype(np.int64) * len(projects) + best.col
    if extra:
        keys = np.append(keys, [row * len(projects) + project for row, project in extra])
    row, project = np.divmod(np.unique(keys), len(projects))
    cosine = np.asarray(text_rows[row].multiply(text_projects[project]).sum(axis=1)).ravel()
    return Pairs(row, project, np.clip(cosine.astype(np.float64), 0.0, 1.0))


def _text(rows: Side, projects: Side) -> tuple[Any, Any]:
    """Names as weighed pieces; the weights are those of the projects, so that a foreign row changes nothing."""
    right = _pieces([part.words for part in projects.parts])
    often = np.asarray((right > 0).sum(axis=0)).ravel()
    kept = np.flatnonzero((often > 0) & (often <= max(_TOO_COMMON * len(projects), _ALWAYS_KEPT)))
    weigh = TfidfTransformer(sublinear_tf=True)
    if not len(kept):
        # Nothing but numbers and signs in the names of the projects: the other columns are all that there is.
        return sparse.csr_matrix((len(rows), 1)), sparse.csr_matrix((len(projects), 1))
    right = weigh.fit_transform(right[:, kept])
    return weigh.transform(_pieces([part.words for part in rows.parts])[:, kept]), right


def _pieces(texts: Sequence[str]) -> Any:
    """How often each piece of three letters stands in each text; letters are Thai or a-z, so a piece is a number."""
    letters = np.frombuffer("".join(texts).encode("utf-32-le"), dtype=np.uint32).astype(np.int64)
    letters = np.where(letters >= 0x0E00, letters - 0x0E00, letters) & 127
    ends = np.cumsum([len(text) for text in texts])
    owner = np.repeat(np.arange(len(texts)), np.diff(ends, prepend=0))
    at = np.flatnonzero(owner[2:] == owner[:-2]) if len(owner) > 2 else np.empty(0, dtype=np.int64)
    piece = (letters[at] * 128 + letters[at + 1]) * 128 + letters[at + 2]
    counts = (np.ones(len(at), dtype=np.float32), (owner[at], piece))
    return sparse.csr_matrix(counts, shape=(len(texts), 128**3))


def _columns_of_projects(projects: Side, amounts: FloatArray) -> list[Any]:
    count = len(projects)
    return [
        _WEIGHT_BODY * _one_hot(projects.body_index, max(len(projects.body_list), 1)),
        _WEIGHT_YEAR * _one_hot(projects.years % 100, 100),
        _WEIGHT_VILLAGE * _bits(projects.villages),
        _WEIGHT_ROUTE * _routes(projects, projects),
        _WEIGHT_MONEY * _sparse([(i, _bin(a)) for i, a in enumerate(amounts.tolist()) if a > 0], count, _BINS),
    ]


def _columns_of_rows(rows: Side, projects: Side, amounts: FloatArray) -> list[Any]:
    count = len(rows)
    # A contract is signed for the budget or for somewhat less: the bins above the price are asked too.
    money = [(i, b) for i, a in enumerate(amounts.tolist()) if a > 0 for b in range(_bin(a), min(_bin(a) + 4, _BINS))]
    bodies = _bodies_meant(rows, projects)
    body_pairs = [(i, body) for i, index in enumerate(rows.body_index.tolist()) for body in bodies.get(index, ())]
    return [
        _WEIGHT_BODY * _sparse(body_pairs, count, max(len(projects.body_list), 1)),
        _WEIGHT_YEAR * _one_hot(np.where(rows.years > 0, rows.years % 100, -1), 100),
        _WEIGHT_VILLAGE * _bits(rows.villages),
        _WEIGHT_ROUTE * _routes(rows, projects),
        _WEIGHT_MONEY * _sparse(money, count, _BINS),
    ]


_BINS = 700


def _bin(amount: float) -> int:
    return int(min(max(np.log(amount) / _MONEY_STEP, 0), _BINS - 1))


def _sparse(pairs: Sequence[tuple[int, int]], rows: int, columns: int) -> Any:
    """Ones at the pairs."""
    if not pairs:
        return sparse.csr_matrix((rows, columns), dtype=np.float32)
    where = np.array(pairs, dtype=np.int64)
    return sparse.csr_matrix((np.ones(len(where), dtype=np.float32), (where[:, 0], where[:, 1])), shape=(rows, columns))


def _one_hot(index: IntArray, columns: int) -> Any:
    known = np.flatnonzero(index >= 0)
    return sparse.csr_matrix(
        (np.ones(len(known), dtype=np.float32), (known, index[known])), shape=(len(index), columns)
    )


def _bits(masks: IntArray) -> Any:
    return sparse.csr_matrix(((masks[:, None] >> np.arange(63)) & 1).astype(np.float32))


def _routes(side: Side, projects: Side) -> Any:
    known = {route: n for n, route in enumerate(sorted({part.route for part in projects.parts if part.route}))}
    pairs = [(i, known[part.route]) for i, part in enumerate(side.parts) if part.route in known]
    return _sparse(pairs, len(side), max(len(known), 1))


def _bodies_meant(rows: Side, projects: Side) -> dict[int, list[int]]:
    """Organisation of the rows -> organisations of the projects: by kind and name, else by name, else nearly."""
    by_key: dict[str, list[int]] = {}
    by_name: dict[str, list[int]] = {}
    for index, body in enumerate(projects.body_list):
        by_key.setdefault(body.key, []).append(index)
        by_name.setdefault(body.name, []).append(index)
    meant = {index: by_key.get(body.key) or by_name.get(body.name) or [] for index, body in enumerate(rows.body_list)}
    unknown = [index for index, found in meant.items() if not found]
    if unknown and projects.body_list:
        names = [body.name for body in projects.body_list]
        for start in range(0, len(unknown), 512):
            block = unknown[start : start + 512]
            asked = [rows.body_list[index].name for index in block]
            scores = process.cdist(
                asked, names, scorer=fuzz.ratio, score_cutoff=_SIMILAR_BODY, dtype=np.uint8, workers=THREADS
            )
            for place, index in enumerate(block):
                meant[index] = np.flatnonzero(scores[place])[:20].tolist()
    return meant
