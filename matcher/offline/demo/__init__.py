"""A made-up forum of digital jobs: postings and profiles that look real, and belong to nobody."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import islice
from pathlib import Path

from matcher import records
from matcher.core.domain import Posting, Profile, Record
from matcher.offline.demo import postings as made_postings
from matcher.offline.demo import profiles as made_profiles
from matcher.offline.demo.services import SERVICES

__all__ = ["Forum", "forum", "write"]


@dataclass(frozen=True, slots=True)
class Forum:
    """Postings and profiles, and what was drawn before they were written: the ground truth of an evaluation."""

    postings: tuple[Posting, ...]
    profiles: tuple[Profile, ...]
    family_of: Mapping[str, str]
    """The job family's key of each posting and profile, by id."""
    feminine: Mapping[str, bool]
    """Whether a profile's text is in the feminine, by id; profiles in English, where nothing shows, are left out."""


def forum(
    *, postings: int = 300, profiles: int = 2000, organisations: int = 24, seed: int = 2021, today: date
) -> Forum:
    """Return a made-up forum; the same arguments give the same forum, on any machine.

    A larger forum starts with the smaller one. To stream more than memory holds, read `postings.stream` and
    `profiles.stream`, which this is made from.

    Args:
        postings: how many.
        profiles: how many.
        organisations: how many recruiting services, 1 to 24.
        seed: another seed, another forum.
        today: the day that the dates stand around.

    Raises:
        ValueError: a count is out of its bounds.
    """
    if not 1 <= organisations <= len(SERVICES):
        raise ValueError(f"organisations is {organisations}: choose 1 to {len(SERVICES)}")
    if postings < 0 or profiles < 0:
        raise ValueError("postings and profiles are counts: choose 0 or more")
    services = SERVICES[:organisations]
    offered = list(islice(made_postings.stream(services, seed=seed, today=today), postings))
    candidates = list(islice(made_profiles.stream(services, seed=seed, today=today), profiles))
    return Forum(
        postings=tuple(posting for posting, _ in offered),
        profiles=tuple(candidate.profile for candidate in candidates),
        family_of={posting.id: family.key for posting, family in offered}
        | {candidate.profile.id: candidate.family.key for candidate in candidates},
        feminine={
            candidate.profile.id: candidate.feminine for candidate in candidates if candidate.feminine is not None
        },
    )


def write(forum: Forum, folder: Path) -> tuple[Path, Path]:
    """Write `postings.jsonl` and `profiles.jsonl`, native records, and return their paths.

    Each file appears whole or not at all; equal forums give equal bytes. The folder is made when it is missing.
    """
    folder.mkdir(parents=True, exist_ok=True)
    return _write(forum.postings, folder / "postings.jsonl"), _write(forum.profiles, folder / "profiles.jsonl")


def _write(made: Iterable[Record], path: Path) -> Path:
    draft = path.with_name(f".{path.name}.draft")
    with draft.open("wb") as file:
        file.writelines(records.serialise(record) + b"\n" for record in made)
    return draft.replace(path)
