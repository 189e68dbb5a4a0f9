"""Does it matter to a ranking whether a profile is written by a woman or by a man?

    python -m benchmarks.gender --twins [--profiles N] [--postings N] [--names]

Mechanism: each French profile of the generated forum gets a twin who says the same of themselves in the other gender
(titles, agreement, pronoun; with `--names` a first name in the summary too), and one more sentence of prose that has a
pronoun, a form of address or an agreement (`benchmarks/said.py`). Twins are made from lists of pairs
(`matcher/offline/twins.py`), which share nothing with the engine's own text stage. All stand in one forum, everybody
visible to everybody; every posting, its title marked `H/F` in one of many ways, ranks them all. A pair of a posting and
a profile stands when no third profile has a score between the twins': equal scores are adjacent. Control: with every
gender mark taken out of the postings' titles, no score changes.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.said import PAIRS
from matcher import compose
from matcher.core.domain import Kind, Posting, PostingId, PostingStatus, Profile, ProfileId
from matcher.offline.demo import forum
from matcher.offline.twins import said_by
from matcher.settings import Settings

TODAY, SEED = date(2026, 11, 23), 2021
PROFILES, POSTINGS = 1000, 300
TICK = 1e-6
"""Scores closer than this are equal."""
NAMES = tuple(
    zip("Pierre Julien Mohamed Nicolas Karim".split(), "Marie Julie Fatima Nicole Leïla".split(), strict=True)
)
MARKS = tuple(
    f" {mark}"
    for mark in (
        "H/F;F/H;(H/F);(F/H/X);HF;(HF);H.F.;(H./F.);H|F;H·F;h-f;(f,h);H / F;m/w/d;(w/m/d);(m/f/x);Mme/M.;Femme/Homme"
        ";homme ou femme;(un/une);(all genders)"
    ).split(";")
)
"""What stands behind a posting's title and says that both genders are meant."""
Scores = NDArray[np.float64]


def twin(profile: Profile, *, feminine: bool) -> Profile:
    """Return the same person in the given gender, under another id."""
    return replace(said_by(profile, feminine=feminine), id=ProfileId(f"{profile.id} twin"))


def signed(profile: Profile, *, feminine: bool, number: int, named: bool) -> Profile:
    """Return the profile with a pronoun behind its headline, a sentence more, and a first name in it if so wished."""
    name = NAMES[number % len(NAMES)][feminine]
    headline = f"{profile.headline} ({'elle' if feminine else 'il'})" if number % 3 == 0 else profile.headline
    summary = f"Je m’appelle {name}. {profile.summary}" if named and profile.summary else profile.summary
    summary = f"{summary} {PAIRS[number % len(PAIRS)][feminine]}".strip()
    return replace(profile, headline=headline, summary=summary, visible_to_recruiters=True, hidden_from=())


def twins(profiles: int, *, named: bool = False) -> list[tuple[Profile, Profile]]:
    """Return so many French profiles of the generated forum, each with its twin."""
    made = forum(postings=0, profiles=2 * profiles, seed=SEED, today=TODAY)
    pairs = []
    for number, profile in enumerate(one for one in made.profiles if one.id in made.feminine):
        feminine = made.feminine[profile.id]
        one = signed(profile, feminine=feminine, number=number, named=named)
        other = twin(profile, feminine=not feminine)
        pairs.append((one, signed(other, feminine=not feminine, number=number, named=named)))
    return pairs[:profiles]


def unmarked(posting: Posting) -> Posting:
    """Return the posting without `H/F` and its like behind or in its title."""
    mark = next((mark for mark in MARKS if posting.title.endswith(mark)), "")
    title = re.sub(r"\s*(?:\((?:H/F|F/H)\)|\b(?:H/F|F/H)\b)", "", posting.title.removesuffix(mark))
    return replace(posting, id=PostingId(f"{posting.id} unmarked"), title=title)


def marked(posting: Posting, *, number: int) -> Posting:
    """Return the posting with one of the marks behind its title, and no other."""
    return replace(posting, title=unmarked(posting).title + MARKS[number % len(MARKS)])


def adjacent(scores: Mapping[str, float], pairs: Sequence[tuple[Profile, Profile]]) -> NDArray[np.bool_]:
    """Tell of each pair of twins whether no third profile's score lies between theirs."""
    every = np.sort(np.rint(np.array([*scores.values()]) / TICK).astype(np.int64))
    ranks = np.rint(np.array([[scores[one.id], scores[other.id]] for one, other in pairs]) / TICK).astype(np.int64)
    low, high = ranks.min(axis=1), ranks.max(axis=1)
    # Strictly between: above all that equal the lower score, below all that equal the higher one.
    between: NDArray[np.bool_] = np.searchsorted(every, high, side="left") <= np.searchsorted(every, low, side="right")
    return between


def _postings(number: int) -> Sequence[Posting]:
    return forum(postings=number, profiles=0, today=TODAY).postings


def measure(*, profiles: int = PROFILES, postings: int = POSTINGS, named: bool = False) -> dict[str, Any]:
    """Return how often twins are adjacent, and in what the others differ."""
    pairs = twins(profiles, named=named)
    asked = [
        replace(one, locations=(), contracts=(), valid_from=None, valid_through=None, status=PostingStatus.OPEN)
        for one in (marked(made, number=at) for at, made in enumerate(_postings(postings)))
    ]
    standing: list[NDArray[np.bool_]] = []
    differ: Counter[str] = Counter()
    moved = 0
    with TemporaryDirectory() as home:
        matcher = compose.open_matcher(Settings(home=Path(home)))
        matcher.put([*asked, *(unmarked(posting) for posting in asked), *(one for pair in pairs for one in pair)])
        found = {
            matches[0].posting_id: {match.profile_id: match for match in matches}
            for matches in matcher.match_all(Kind.POSTING, k=2 * profiles)
            if matches
        }
        matcher.close()
    for posting in asked:
        matches = found[posting.id]
        scores: dict[str, float] = {name: match.score for name, match in matches.items()}
        standing.append(adjacent(scores, pairs))
        for one, other in (pairs[at] for at in np.flatnonzero(~standing[-1])):
            parts = zip(matches[one.id].contributions, matches[other.id].contributions, strict=True)
            differ.update(part.name for part, same in parts if abs(part.value - same.value) > TICK)
        bare: dict[str, float] = {name: match.score for name, match in found[unmarked(posting).id].items()}
        moved += sum(abs(scores[name] - bare[name]) > TICK for name in scores)
    held = np.array(standing)
    return {
        "profiles": len(pairs),
        "postings": len(asked),
        "adjacent": round(float(held.mean()), 5),
        "profiles always adjacent": int(held.all(axis=0).sum()),
        "failing by aspect": dict(differ.most_common()),
        "scores moved by H/F": moved,
        "failures": [pairs[at][0].id for at in np.argsort(held.mean(axis=0))[:10] if not held[:, at].all()],
    }
