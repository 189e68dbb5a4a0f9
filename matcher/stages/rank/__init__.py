"""Scores of eligible pairs, both sides counted, best first.

`scores` says what a pair is worth, `bounds` who cannot be among the best, `order` which are.
"""

from matcher.stages.rank.bounds import at_least, highest, most
from matcher.stages.rank.order import SLACK, contenders, in_order, ticks, top
from matcher.stages.rank.scores import UNASKED, Scores, paired, totals

__all__ = [
    "SLACK",
    "UNASKED",
    "Scores",
    "at_least",
    "contenders",
    "highest",
    "in_order",
    "most",
    "paired",
    "ticks",
    "top",
    "totals",
]
