"""An audit as a file, for a data protection officer or for another program: figures of groups, and nobody's id."""

import csv
import io
import json
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from matcher.offline.audit import Audit
from matcher.offline.ratios import Compared, Measure, Verdict
from matcher.offline.whole import ending_of, whole_file

FIELDS = (
    *("attribute", "group", "people", "measure", "rate", "rate_by_lot"),
    *("impact_ratio", "low", "high", "verdict"),
)
DIGITS = 4


def limits(audit: Audit) -> list[str]:
    """Return what must be known to read an audit, a sentence each."""
    units = "organisations" if audit.by_organisation else "postings"
    counted = ("experience", "education", "place", "contract", "remote")
    weights = ", ".join(f"{name} {getattr(audit.weights, name):.3g}" for name in counted)
    return [
        "A difference is an association, not its cause: groups differ in trades, skills and wishes too.",
        "A finding is to be explained or mended; where there is none, nothing is proven to be fair.",
        f"Some of what groups are made of counts in a score, and is meant to: {weights}.",
        "Records hold no gender, age, origin or disability: none of those is audited.",
        "Years of experience go with age; the gender of titles is how people write.",
        f"The intervals of a table hold all together with 95 %, in each measure ({units} and people are drawn anew).",
        f"There are {len(audit.attributes)} tables and {len(audit.comparisons)} comparisons.",
        f"Of fewer than {audit.smallest} people nothing is told: smaller groups are put together.",
    ]


def document(audit: Audit) -> dict[str, Any]:
    """Return an audit as JSON values."""
    findings = [one for *_, one in audit.comparisons if one.verdict in {Verdict.BELOW, Verdict.ABOVE}]
    return {
        "day": audit.day.isoformat(),
        "source": f"decision log since {audit.since}" if audit.since else "rankings of the day",
        "model": audit.model,
        "weights": asdict(audit.weights),
        "people": _counted(audit.people, audit),
        "people_not_visible": _counted(audit.hidden, audit),
        "rankings": audit.rankings,
        "rankings_with_more_people_than_places": audit.contested,
        "places": audit.places,
        "organisations" if audit.by_organisation else "postings": audit.units,
        "smallest_group": audit.smallest,
        "comparisons": len(audit.comparisons),
        "findings": len(findings),
        "attributes": [
            {
                "name": attribute.name,
                "groups": [
                    {"name": group.name, "people": group.people}
                    | {one.measure.value: _figures(one) for one in group.compared}
                    | {
                        "best_scores_above_those_of_all": {
                            name: round(gap, DIGITS) for name, gap in group.score_gaps.items()
                        }
                    }
                    for group in attribute.groups
                ],
                "put_together": [*attribute.pooled],
            }
            for attribute in audit.attributes
        ],
        "gender_twins": asdict(audit.moves) if audit.moves else None,
        "left_out": dict(audit.left_out),
        "limits": limits(audit),
    }


def check(path: Path) -> None:
    """Make sure that the ending of a file's name says a format.

    Raises:
        UnreadableFile: it does not.
    """
    ending_of(path, WRITERS)


def write(audit: Audit, path: Path) -> None:
    """Write an audit to a file whose ending says the format (.json, .csv); it appears whole or not at all.

    Raises:
        UnreadableFile: the ending is another one.
        OutputInUse: another run is writing the same file.
        OSError: the file cannot be written; it is named.
    """
    writer = WRITERS[ending_of(path, WRITERS)]
    with whole_file(path) as file:
        file.write(writer(audit).encode())


def _counted(people: int, audit: Audit) -> int | str:
    return people if people == 0 or people >= audit.smallest else f"fewer than {audit.smallest}"


def _figures(one: Compared) -> dict[str, Any]:
    told = {"rate": one.rate, "rate_by_lot": one.by_lot, "impact_ratio": one.ratio, "low": one.low, "high": one.high}
    if one.measure is Measure.ELIGIBILITY:
        del told["rate_by_lot"]
    rounded = {name: None if value is None else round(value, DIGITS) for name, value in told.items()}
    return {**rounded, "verdict": one.verdict.value}


def _rows(audit: Audit) -> Iterator[dict[str, Any]]:
    for attribute in audit.attributes:
        for group in attribute.groups:
            for one in group.compared:
                named = {"attribute": attribute.name, "group": group.name, "people": group.people}
                yield named | {"measure": one.measure.value} | _figures(one)


def _csv(audit: Audit) -> str:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, FIELDS)
    writer.writeheader()
    writer.writerows(_rows(audit))
    return text.getvalue()


def _json(audit: Audit) -> str:
    return json.dumps(document(audit), ensure_ascii=False, indent=1) + "\n"


WRITERS: dict[str, Callable[[Audit], str]] = {".json": _json, ".csv": _csv}
