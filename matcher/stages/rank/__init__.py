"""Scores of eligible pairs, both sides counted, best first.

`scores` says what a pair is worth, `bounds` who cannot be among the best, `order` which are.
"""

from matcher.stages.rank.bounds import highest, most, reaching
from matcher.stages.rank.order import SLACK, contenders, in_order, ticks, top
from matcher.stages.rank.scores import UNASKED, Agreements, Scores, agreements, matches, total, totals

__all__ = [
    "SLACK",
    "UNASKED",
    "Agreements",
    "Scores",
    "agreements",
    "contenders",
    "highest",
    "in_order",
    "matches",
    "most",
    "reaching",
    "ticks",
    "top",
    "total",
    "totals",
]
