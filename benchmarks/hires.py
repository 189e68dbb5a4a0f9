"""Does matching find the people who were hired, and people of the right domain?

The folder holds postings.jsonl and profiles.jsonl (native records), hires.tsv (posting, hired profile) and domains.tsv
(either id, its domain). Mechanism: the folder is ingested into a throw-away home and every posting is matched with
every profile, through the same engine calls as `matcher ingest` and `matcher match --for postings --top 100`. Beside
it, the title facet alone: the engine's own facet texts, ranked by their inner product and nothing else. Control: the
naive way, one embedding of each whole text by the general model.
"""

import json
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

import models
from benchmarks import folders
from benchmarks.encoding import Titles, of_record
from matcher.compose import open_matcher
from matcher.core.domain import Kind, Posting, Profile, Record
from matcher.core.errors import UnreadableFile
from matcher.offline.intake import ingest_files
from matcher.settings import Settings

DEPTH, SEED = 100, 0
NAIVE_MODEL = "all-MiniLM-L6-v2"
TITLE_ALONE = "title facet alone"
TIE_ORDERS = 200
"""Many profiles have the same title: figures of the title facet are means over this many orders of equal scores, drawn
with a fixed seed. One order alone moves recall by up to ±.06, their mean by ±.002."""
METRICS = ("recall@100", "MRR", "domain P@10", "domain P@50")

Ranked = Mapping[str, Sequence[str]]
Gold = Mapping[str, Sequence[str]]
Domains = Mapping[str, str]
Sides = Mapping[Kind, Sequence[Record]]


def measure(folder: Path, encoders: Sequence[Titles], *, control: bool) -> dict[str, Any]:
    """Return the figures of the engine, of each encoder's title facet alone, and of the naive way if `control`.

    Raises:
        UnreadableFile: a file is missing or wrong, or speaks of a record that no other file holds.
    """
    gold, domains = _gold(folder), _domains(folder)
    files = [folders.existing(folder / name) for name in ("postings.jsonl", "profiles.jsonl")]
    with tempfile.TemporaryDirectory() as home:
        matcher = open_matcher(Settings(home=Path(home)))
        try:
            started = time.perf_counter()
            report = ingest_files(matcher, files)
            ingested = time.perf_counter()
            ranked: dict[str, Sequence[str]] = {
                matches[0].posting_id: [match.profile_id for match in matches]
                for matches in matcher.match_all(Kind.POSTING, k=DEPTH)
                if matches
            }
            matched = time.perf_counter()
            sides = {
                kind: [matcher.get(kind, name) for name in _in_order(path, matcher.ids(kind))]
                for kind, path in zip((Kind.POSTING, Kind.PROFILE), files, strict=True)
            }
            model = matcher.model
        finally:
            matcher.close()
    _check(sides, gold, domains)
    rankings = {"facets (default)": figures(ranked, gold, domains)}
    spread = {}
    for place, titles in enumerate(encoders):
        name = f"{TITLE_ALONE}, {titles.name}" if place else TITLE_ALONE
        found = title_alone(sides, titles, gold, domains)
        rankings[name] = found.expected
        rankings[f"{name}, equals in the file's order"] = found.in_order
        spread[titles.name] = found.recalls
    if control:
        rankings["whole text (naive)"] = figures(_whole_text(sides), gold, domains)
    return {
        "model": model,
        "title model": encoders[0].name if encoders else None,
        "records": dict(report.outcomes),
        "seconds": {"ingest": round(ingested - started, 1), "match": round(matched - ingested, 1)},
        "rankings": rankings,
        "ties": {f"recall@100 of the title facet, lowest and highest of {TIE_ORDERS} orders": spread},
    }


def figures(ranked: Ranked, gold: Gold, domains: Domains) -> dict[str, float]:
    """Return the mean over postings of recall@100, reciprocal rank, and domain precision@10 and @50.

    Args:
        ranked: profile ids, best first, by posting id.
        gold: the profiles that were hired, by posting id.
        domains: the domain of every posting and profile.
    """
    return _named(_means(ranked, gold, domains))


@dataclass(frozen=True, slots=True)
class TitleAlone:
    """The figures of ranking by the title facet and nothing else."""

    expected: dict[str, float]
    """Their mean over orders of equal scores: what the encoder can answer for."""
    in_order: dict[str, float]
    """With equal scores in the file's order, as a plain stable sort gives them: luck, good or bad, included."""
    recalls: tuple[float, float]
    """The lowest and the highest recall@100 over the orders."""


def title_alone(sides: Sides, titles: Titles, gold: Gold, domains: Domains) -> TitleAlone:
    """Return the figures of ranking by the title facet, for records in the order of their file."""
    asked, offered = (
        titles.rows([of_record(record) for record in sides[kind]]) for kind in (Kind.POSTING, Kind.PROFILE)
    )
    # Equal titles must have equal scores, wherever they stand in the matrix.
    scores = np.round(asked @ offered.T, 6)
    postings, profiles = ([str(record.id) for record in sides[kind]] for kind in (Kind.POSTING, Kind.PROFILE))
    random = np.random.default_rng(SEED)
    found = []
    for shuffled in (np.arange(len(profiles)), *(random.permutation(len(profiles)) for _ in range(TIE_ORDERS))):
        order = shuffled[np.argsort(-scores[:, shuffled], axis=1, kind="stable")[:, :DEPTH]]
        ranked = {name: [profiles[place] for place in row] for name, row in zip(postings, order, strict=True)}
        found.append(_means(ranked, gold, domains))
    in_order, *shuffles = found
    recalls = [round(means[0], 4) for means in shuffles]
    return TitleAlone(
        expected=_named(np.mean(shuffles, axis=0).tolist()),
        in_order=_named(in_order),
        recalls=(min(recalls), max(recalls)),
    )


def _named(means: Sequence[float]) -> dict[str, float]:
    return {name: round(float(value), 4) for name, value in zip(METRICS, means, strict=True)}


def _means(ranked: Ranked, gold: Gold, domains: Domains) -> list[float]:
    rows = []
    for posting, hired in gold.items():
        found = list(ranked.get(posting, ()))[:DEPTH]
        places = [found.index(name) for name in hired if name in found]
        same = [domains[name] == domains[posting] for name in found]
        rows.append(
            (
                len(places) / len(hired),
                1 / (min(places) + 1) if places else 0.0,
                float(np.mean(same[:10])) if same else 0.0,
                float(np.mean(same[:50])) if same else 0.0,
            )
        )
    return [float(value) for value in np.mean(rows, axis=0)]


def _whole_text(sides: Sides) -> Ranked:
    """Rank as a naive service would: one vector of everything that a document says."""
    encoder = models.load(NAIVE_MODEL)
    asked, offered = (
        encoder.encode([_everything(record) for record in sides[kind]]) for kind in (Kind.POSTING, Kind.PROFILE)
    )
    order = np.argsort(-(asked @ offered.T), axis=1, kind="stable")[:, :DEPTH]
    profiles = [record.id for record in sides[Kind.PROFILE]]
    return {
        posting.id: [profiles[place] for place in row] for posting, row in zip(sides[Kind.POSTING], order, strict=True)
    }


def _everything(record: Posting | Profile) -> str:
    if isinstance(record, Posting):
        return "\n".join((record.title, record.description, record.qualifications, ", ".join(record.skills)))
    return "\n".join((record.headline, record.summary, ", ".join(record.skills)))


def _in_order(path: Path, ids: Sequence[str]) -> list[str]:
    """Return the ids in the order in which their records stand in a file of native records."""
    places: dict[str, int] = {}
    for number, line in enumerate(folders.read(path).split("\n"), start=1):
        if not line.strip():
            continue
        try:
            places.setdefault(json.loads(line)["id"], number)
        except (ValueError, KeyError, TypeError) as error:
            raise UnreadableFile(f"{path.parent.name}/{path.name}, line {number}: no record with an id") from error
    return sorted(ids, key=places.__getitem__)


def _gold(folder: Path) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for _, (posting, profile) in folders.rows(folder / "hires.tsv", columns=2):
        found.setdefault(posting, []).append(profile)
    if not found:
        raise UnreadableFile(f"{folder.name}/hires.tsv names nobody who was hired")
    return found


def _domains(folder: Path) -> dict[str, str]:
    return {name: domain for _, (name, domain) in folders.rows(folder / "domains.tsv", columns=2)}


def _check(sides: Sides, gold: Gold, domains: Domains) -> None:
    """Refuse a folder whose files do not speak of the same records: its figures would be wrong, not missing."""
    postings, profiles = ({record.id for record in sides[kind]} for kind in (Kind.POSTING, Kind.PROFILE))
    if unknown := gold.keys() - postings:
        raise UnreadableFile(f"hires.tsv names {min(unknown)!r}, which is no accepted posting")
    if unknown := {name for hired in gold.values() for name in hired} - profiles:
        raise UnreadableFile(f"hires.tsv names {min(unknown)!r}, which is no accepted profile")
    if unknown := (profiles | gold.keys()) - domains.keys():
        raise UnreadableFile(f"domains.tsv does not name {min(unknown)!r}")
