"""Answers as JSON, straight from a ranking's columns.

An answer of ten matches holds a hundred contributions and as many skills: to make an object of each, and a dictionary
of each object, takes longer than to rank. And nearly all of it was written before: as long as a pair is as alike in
every aspect as when it was written last, its JSON is taken as it is. A test holds this form and the API's together.
"""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import orjson

from matcher.core.matched import Matched
from matcher.core.scoring import ASPECTS, SkillMatch, Standing, Weights
from matcher.stages.explain import Met, Told, levels, sentences

_KNOWN, _ALIKE = len(ASPECTS), 8 * len(ASPECTS)
"""Bytes of what says in which aspects one match was compared, and of its similarities."""


def write(
    found: Matched,
    scores: npt.NDArray[np.float64],
    mets: Sequence[Met | None],
    *,
    eligible: int,
    cursor: str | None,
) -> bytes:
    """Return matches with their reasons as JSON.

    Args:
        found: best first.
        scores: theirs.
        mets: how the two of each match meet in skills; None leaves a match out.
        eligible: how many documents passed the hard constraints.
        cursor: where the next page begins, None after the last.
    """
    similarity, compared = found.similarity.tobytes(), found.compared.tobytes()
    written = []
    for place, (met, variants) in enumerate(zip(mets, found.variants, strict=True)):
        if met is None:
            continue
        alike = similarity[place * _ALIKE : (place + 1) * _ALIKE]
        known = compared[place * _KNOWN : (place + 1) * _KNOWN]
        told = met.told
        if told is None or not (told.alike == alike and told.known == known and told.weights is found.weights):
            # Made whole before it is kept: other threads may write the same pair.
            told = met.told = _tell(met, found, place, scores[place], alike=alike, known=known)
        written.append(
            b"%b%d%b%b%b%b%b"
            % (
                told.names,
                found.first + place,
                told.scores,
                orjson.dumps(variants) if variants else b"[]",
                told.contributions,
                told.skills,
                told.sentences,
            )
        )
    further = b"null" if cursor is None else b'"%b"' % cursor.encode("ascii")
    return b'{"eligible":%d,"matches":[%b],"cursor":%b}' % (eligible, b",".join(written), further)


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


def _tell(met: Met, found: Matched, place: int, scores: npt.NDArray[np.float64], *, alike: bytes, known: bytes) -> Told:
    """Return one match as JSON, in the parts between which stand its rank and its variants."""
    last, one = met.told, slice(place, place + 1)
    spoken = levels(found.similarity[one], found.compared[one]).tobytes()
    numbers = np.stack([found.values[place], found.similarity[place]], axis=1)
    # Copied by formatting or cutting: what orjson returns keeps hold of a kilobyte or more, whatever stands in it.
    return Told(
        alike=alike,
        known=known,
        weights=found.weights,
        names=last.names if last else _names(met),
        scores=b',"score":%b,"asks_score":%b,"wishes_score":%b,"variants":' % _written(scores),
        contributions=_frame(found.weights, known) % _written(numbers),
        skills=last.skills if last else skills_json(met.skills)[1:-1],
        sentences=b'],"sentence":%b}' % orjson.dumps(sentences(spoken, met)),
    )


def _written(numbers: npt.NDArray[np.float64]) -> tuple[bytes, ...]:
    """Return every number as it is written."""
    return (*orjson.dumps(numbers.ravel(), option=orjson.OPT_SERIALIZE_NUMPY)[1:-1].split(b","),)


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
