"""Answers as JSON, straight from a ranking's columns.

An answer of ten matches holds a hundred contributions and as many skills: to make an object of each, and a dictionary
of each object, takes longer than to rank. What hangs on a pair alone is written once and kept with it; what hangs on
which aspects were compared is a frame into which numbers are put. A test holds this form and the API's together.
"""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import orjson

from matcher.core.domain import ASPECTS, SkillMatch, Standing, Weights
from matcher.core.matched import Matched
from matcher.stages.explain import PLACE_AT, SKILLS_AT, Met, Told, levels, placed, said
from matcher.stages.explain.phrases import LANGUAGES, PHRASES

_BEYOND_ASCII = 0x80
NUMBERS = 3 + 2 * len(ASPECTS)
"""Of one match: its three scores, then each aspect's value and similarity."""


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
    numbers, spoken = _numbers(found, scores), levels(found.similarity, found.compared)
    frames = _frames(found.weights)
    written = []
    for place, met in enumerate(mets):
        if met is None:
            continue
        if met.told is None:
            met.told = _tell(met)
        told, known, at = met.told, found.compared[place], place * NUMBERS
        key, variants = known.tobytes(), found.variants[place]
        if key not in frames:
            frames[key] = _frame(found.weights, known.tolist())
        written.append(
            frames[key]
            % (
                told.posting_id,
                told.profile_id,
                found.first + place,
                *numbers[at : at + 3],
                orjson.dumps(variants) if variants else b"[]",
                *numbers[at + 3 : at + NUMBERS],
                told.skills,
                *_sentences(spoken[place].tobytes(), told),
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


def _numbers(found: Matched, scores: npt.NDArray[np.float64]) -> list[bytes]:
    """Return every number of every match as it is written: one call for hundreds."""
    table = np.empty((len(found), NUMBERS))
    table[:, :3] = scores
    table[:, 3::2], table[:, 4::2] = found.values, found.similarity
    return orjson.dumps(table.ravel(), option=orjson.OPT_SERIALIZE_NUMPY)[1:-1].split(b",")


@lru_cache(maxsize=64)
def _frames(weights: Weights) -> dict[bytes, bytes]:
    """Return the frames of matches under some weights, by which aspects were compared; filled as they are met."""
    del weights
    return {}


def _frame(weights: Weights, compared: Sequence[bool]) -> bytes:
    parts = [
        b'{"name":"%b","value":%%b,"similarity":%%b,"standing":"%b","weight":%b}'
        % (name.encode(), (Standing.COMPARED if known else Standing.UNKNOWN).value.encode(), orjson.dumps(weight))
        for name, known, weight in zip(ASPECTS, compared, weights.in_order(), strict=True)
    ]
    sentences = b",".join(b'"%b":"%%b"' % language.encode() for language in LANGUAGES)
    return (
        b'{"posting_id":"%%b","profile_id":"%%b","rank":%%d,"score":%%b,"asks_score":%%b,"wishes_score":%%b,"variants":%%b,'
        b'"contributions":[%b],"skills":[%%b],"sentence":{%b}}' % (b",".join(parts), sentences)
    )


def _tell(met: Met) -> Told:
    return Told(
        # Copied by cutting: what orjson returns keeps hold of a kilobyte or more, whatever stands in it.
        posting_id=_escaped(met.posting.record.id),
        profile_id=_escaped(met.profile.record.id),
        skills=skills_json(met.skills)[1:-1],
        clauses={language: _escaped(_joined(met.clauses[language], language)) for language in LANGUAGES},
        place={language: _escaped(words) for language, words in met.place.items()},
    )


def _sentences(levels: bytes, told: Told) -> list[bytes]:
    """Return the sentence in each language, without its quotes."""
    distance, left = placed(levels, told.place)
    # In parts, so that each is met again and again: whole sentences differ from match to match.
    before, asked, wished = (
        _said(levels[:SKILLS_AT], 0),
        _said(levels[SKILLS_AT:PLACE_AT], SKILLS_AT),
        _said(left, PLACE_AT),
    )
    found = []
    for place, language in enumerate(LANGUAGES):
        parts = (before[place], told.clauses[language], asked[place], distance.get(language), wished[place])
        sentence = _JOINTS[place].join(filter(None, parts)) or _NOTHING[place]
        found.append(b"%b%b." % _capital(sentence))
    return found


def _capital(sentence: bytes) -> tuple[bytes, bytes]:
    """Return the first letter as a capital, and what follows: it begins with a word of ours, an ASCII letter or `à`."""
    size = 1 if sentence[0] < _BEYOND_ASCII else 2
    return sentence[:size].decode().upper().encode(), sentence[size:]


@lru_cache(maxsize=4096)
def _said(levels: bytes, first: int) -> list[bytes]:
    """Return what is said of some aspects, in each language."""
    return [_escaped(_joined(said(levels, first, language), language)) for language in LANGUAGES]


def _joined(clauses: Sequence[str], language: str) -> str:
    return PHRASES[language].joint.join(clauses)


def _escaped(text: str) -> bytes:
    return orjson.dumps(text)[1:-1]


_JOINTS = [_escaped(PHRASES[language].joint) for language in LANGUAGES]
_NOTHING = [_escaped(PHRASES[language].nothing) for language in LANGUAGES]
