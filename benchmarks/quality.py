"""Does matching find the right people? Measured on real outcomes.

    python -m benchmarks.quality --hires DIR

`--hires DIR`: postings.jsonl and profiles.jsonl (native records), hires.tsv (posting, hired profile) and domains.tsv
(either id, its domain). Mechanism: the folder is ingested into a throw-away home and every posting is matched with
every profile, through the same engine calls as `matcher ingest` and `matcher match --for postings --top 100`.
Control: the naive way, one embedding of each whole text by the same model, in the same run.
"""

import argparse
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

import models
from benchmarks import machine
from matcher.compose import open_matcher
from matcher.core.domain import Kind, Posting, Profile
from matcher.offline.intake import ingest_files
from matcher.settings import Settings

DEPTH = 100

Ranked = Mapping[str, Sequence[str]]


def main() -> None:
    """Measure what the arguments ask for, print it, and write it to results/."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hires", type=Path, required=True, metavar="DIR")
    parser.add_argument("--no-control", action="store_true", help="leave the naive way out: it encodes long texts")
    arguments = parser.parse_args()
    result = hires(arguments.hires, control=not arguments.no_control)
    for name, figures in result["rankings"].items():
        print(f"{name:28}", "  ".join(f"{key} {value:.4f}" for key, value in figures.items()))
    print(machine.write("quality-hires", result))


def hires(folder: Path, *, control: bool) -> dict[str, Any]:
    """Return the figures of the engine, and of the naive way if `control` says so, on a folder of real hires."""
    gold = _pairs(folder / "hires.tsv")
    domains = {name: found[0] for name, found in _pairs(folder / "domains.tsv").items()}
    with tempfile.TemporaryDirectory() as home:
        matcher = open_matcher(Settings(home=Path(home)))
        started = time.perf_counter()
        report = ingest_files(matcher, [folder / "postings.jsonl", folder / "profiles.jsonl"])
        ingested = time.perf_counter()
        ranked: dict[str, Sequence[str]] = {
            matches[0].posting_id: [match.profile_id for match in matches]
            for matches in matcher.match_all(Kind.POSTING, k=DEPTH)
            if matches
        }
        matched = time.perf_counter()
        rankings = {"facets (default)": figures(ranked, gold, domains)}
        if control:
            rankings["whole text (naive)"] = figures(_whole_text(matcher), gold, domains)
        matcher.close()
    return {
        "data": folder.name,
        "command": f"python -m benchmarks.quality --hires {folder.name}",
        "model": matcher.model,
        "records": {outcome: report.outcomes[outcome] for outcome in report.outcomes},
        "seconds": {"ingest": round(ingested - started, 1), "match": round(matched - ingested, 1)},
        "rankings": rankings,
    }


def figures(ranked: Ranked, gold: Mapping[str, Sequence[str]], domains: Mapping[str, str]) -> dict[str, float]:
    """Return the mean over postings of recall@100, reciprocal rank, and domain precision@10 and @50.

    Args:
        ranked: profile ids, best first, by posting id.
        gold: the profiles that were hired, by posting id.
        domains: the domain of every posting and profile.
    """
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
    means = np.mean(rows, axis=0)
    names = ("recall@100", "MRR", "domain P@10", "domain P@50")
    return {name: round(float(value), 4) for name, value in zip(names, means, strict=True)}


def _whole_text(matcher: Any) -> Ranked:
    """Rank as a naive service would: one vector of everything that a document says."""
    encoder = models.load(words_share=0)
    sides = {}
    for kind in Kind:
        records = [matcher.get(kind, name) for name in matcher.ids(kind)]
        sides[kind] = ([record.id for record in records], encoder.encode([_everything(record) for record in records]))
    (postings, asked), (profiles, offered) = sides[Kind.POSTING], sides[Kind.PROFILE]
    order = np.argsort(-(asked @ offered.T), axis=1, kind="stable")[:, :DEPTH]
    return {name: [profiles[place] for place in order[row]] for row, name in enumerate(postings)}


def _everything(record: Posting | Profile) -> str:
    if isinstance(record, Posting):
        return "\n".join((record.title, record.description, record.qualifications, ", ".join(record.skills)))
    return "\n".join((record.headline, record.summary, ", ".join(record.skills)))


def _pairs(path: Path) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        name, value = line.split("\t")
        found.setdefault(name, []).append(value)
    return found


if __name__ == "__main__":
    main()
