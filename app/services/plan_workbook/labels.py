"""Codes of choices as people read them in a workbook, and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from app.queries.codelists import Code
from app.queries.plan_sheet import KIND_NAMES
from app.queries.plans import Strategy
from gis.thai import search_key

Labels = Mapping[str, Mapping[str, str]]
"""Label by code, by column."""


def choice_labels(strategies: Sequence[Strategy], programmes: Mapping[str, Code]) -> Labels:
    """Labels of every column with choices; no label stands for two codes of a column."""
    return {
        "kind": {code: names[0] for code, names in KIND_NAMES.items()},
        "local_strategy_id": {str(s.id): f"{s.code} {s.name_th}" for s in strategies},
        "local_tactic_id": {str(t.id): f"{s.code}.{t.code} {t.name_th}" for s in strategies for t in s.tactics},
        "programme_code": {code: programme.name_th for code, programme in programmes.items()},
    }


def code_of(labels: Mapping[str, str], text: str) -> str:
    """The code that a text means: the code itself or its label however it is spaced; else the text as it is.

    Examples
    --------
    >>> code_of({"00310": "แผนงานอุตสาหกรรมและการโยธา"}, " แผนงานอุตสาหกรรมและการโยธา ")
    '00310'
    >>> code_of({"00310": "แผนงานอุตสาหกรรมและการโยธา"}, "ถนน")
    'ถนน'
    """
    if text in labels:
        return text
    # Nearly always it is the label as it was written.
    exact = next((code for code, label in labels.items() if label == text), None)
    if exact is not None:
        return exact
    wanted = search_key(text)
    return next((code for code, label in labels.items() if search_key(label) == wanted), text)
