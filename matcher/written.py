"""Answers as JSON, straight from a ranking's columns.

An answer of ten matches holds a hundred contributions and as many skills: to make an object of each, and a dictionary
of each object, takes longer than to rank. And nearly all of it was written before: as long as a pair is as alike in
every aspect as when it was written last, its JSON is taken as it is. A test holds this form and the API's together.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import orjson

from matcher.core.matched import Matched
from matcher.core.scoring import ASPECTS, SkillMatch, Standing, Weights
from matcher.stages.explain import Met, Told, levels, sentences

_KNOWN, _ALIKE = len(ASPECTS), 8 * len(ASPECTS)
"""Bytes of what says in which aspects one match was compared, and of its similarities."""


def told(found: Matched, mets: Sequence[Met | None]) -> list[Told | None]:
    """Return matches as JSON, without their ranks and variants.

    Args:
        found: best first.
        mets: how the two of each match meet in skills; None leaves a match out.
    """
    similarity, compared, weights = found.similarity.tobytes(), found.compared.tobytes(), found.weights
    every: list[Told | None] = []
    figures = None
    for place, met in enumerate(mets):
        if met is None:
            every.append(None)
            continue
        alike = similarity[place * _ALIKE : (place + 1) * _ALIKE]
        known = compared[place * _KNOWN : (place + 1) * _KNOWN]
        last = met.told
        if last is None or not (last.alike == alike and last.known == known and last.weights is weights):
            figures = figures or _figures(found)
            # Made whole before it is kept: other threads may write the same pair.
            last = met.told = _tell(met, figures[place], alike=alike, known=known, weights=weights)
        every.append(last)
    return every


def write(every: Sequence[Told | None], found: Matched, *, eligible: int, cursor: str | None) -> bytes:
    """Return matches with their reasons as JSON.

    Args:
        every: from `told`; None leaves a match out.
        found: the same matches, best first.
        eligible: how many documents passed the hard constraints.
        cursor: where the next page begins, None after the last.
    """
    parts = [b'{"eligible":%d,"matches":[' % eligible]
    between = b""
    for rank, (one, variants) in enumerate(zip(every, found.variants, strict=True), start=found.first):
        if one is not None:
            listed = orjson.dumps(variants) if variants else b"[]"
            parts += between, one.names, b"%d" % rank, one.scores, listed, one.contributions, one.skills, one.sentences
            between = b","
    parts.append(b'],"cursor":null}' if cursor is None else b'],"cursor":"%b"}' % cursor.encode("ascii"))
    return b"".join(parts)


def skills_json(skills: Sequence[SkillMatch]) -> bytes:
    """Return how each skill is met, as JSON."""
    return orjson.dumps(
        [
            {
                "required": skill.required,
                "evidence": skill.evidence.value,
                "counterpart": skill.counterpart,
                "similarity": skill.similarity,
                "share": skill.share,
            }
            for skill in skills
        ]
    )


class _Figures(NamedTuple):
    """Of one match."""

    score: float
    written: Sequence[bytes]
    """What each aspect adds and how much the two agree in it, then the score and both sides' of it."""
    levels: bytes
    """How each aspect is said."""


def _figures(found: Matched) -> list[_Figures]:
    """Return the figures of all matches: to write those of one takes about as long."""
    scores, aspects = found.scores(), 2 * len(ASPECTS)
    numbers = np.empty((len(found), aspects + scores.shape[1]))
    numbers[:, 0:aspects:2], numbers[:, 1:aspects:2], numbers[:, aspects:] = found.values, found.similarity, scores
    # Copied by cutting: what orjson returns keeps hold of a kilobyte or more, whatever stands in it.
    rows = orjson.dumps(numbers, option=orjson.OPT_SERIALIZE_NUMPY)[2:-2].split(b"],[")
    spoken = levels(found.similarity, found.compared)
    return [
        _Figures(score, row.split(b","), said.tobytes())
        for score, row, said in zip(scores[:, 0].tolist(), rows, spoken, strict=True)
    ]


def _tell(met: Met, figures: _Figures, *, alike: bytes, known: bytes, weights: Weights) -> Told:
    """Return one match as JSON, in the parts between which stand its rank and its variants."""
    last, numbers, said = met.told, figures.written, figures.levels
    return Told(
        alike=alike,
        known=known,
        weights=weights,
        levels=said,
        score=figures.score,
        names=last.names if last else _names(met),
        scores=b',"score":%b,"asks_score":%b,"wishes_score":%b,"variants":' % (*numbers[-3:],),
        contributions=_frame(weights, known) % (*numbers[:-3],),
        skills=last.skills if last else skills_json(met.skills)[1:-1],
        sentences=last.sentences if last and last.levels == said else _sentences(said, met),
    )


def _sentences(said: bytes, met: Met) -> bytes:
    return b'],"sentence":%b}' % orjson.dumps(sentences(said, met))


def _names(met: Met) -> bytes:
    posting_id, profile_id = orjson.dumps(met.posting.record.id), orjson.dumps(met.profile.record.id)
    return b'{"posting_id":%b,"profile_id":%b,"rank":' % (posting_id, profile_id)


@lru_cache(maxsize=1024)
def _frame(weights: Weights, known: bytes) -> bytes:
    """Return the contributions without their numbers, by which aspects were compared; and what stands before skills."""
    parts = [
        b'{"name":"%b","value":%%b,"similarity":%%b,"standing":"%b","weight":%b}'
        % (name.encode(), (Standing.COMPARED if is_known else Standing.UNKNOWN).value.encode(), orjson.dumps(weight))
        for name, is_known, weight in zip(ASPECTS, known, weights.in_order(), strict=True)
    ]
    return b',"contributions":[%b],"skills":[' % b",".join(parts)
