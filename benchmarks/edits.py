"""What people change of their records: what a write sends in every load, so that it is as much work as a write is.

The record of a person as it is, its summary with one more sentence, which has a number; in every third write its
headline has that number, too. The trade and all else stay, so that answers stay what they are; what has the number is
new to the service, which makes it anew, encodes it, and keeps it. A third, for titles are few: of 3,484 people of a
public service 1,472 have one of their own.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from benchmarks import load
from matcher.core.domain import Profile

SENTENCE = "Dossier mis à jour sous le numéro {}."
NEW_HEADLINE = 3
"""One write in so many has a headline that nobody has had."""


def edited(record: Mapping[str, Any], number: int) -> dict[str, Any]:
    """Return a profile's record, as JSON has it, with a text that it has under this number alone."""
    summary = f"{record.get('summary') or ''} {SENTENCE.format(number)}".strip()
    headline = record.get("headline") or ""
    return {
        **record,
        "headline": headline if number % NEW_HEADLINE else f"{headline} {number}".strip(),
        "summary": summary,
    }


def edited_profile(profile: Profile, number: int) -> Profile:
    """Return the same of a profile in the process."""
    texts = edited({"headline": profile.headline, "summary": profile.summary}, number)
    return replace(profile, headline=texts["headline"], summary=texts["summary"])


def put(record: Mapping[str, Any], number: int) -> bytes:
    """Return the bytes of a request that stores the edited record."""
    return load.send("PUT", f"/v1/profiles/{record['id']}", edited(record, number))


def put_back(record: Mapping[str, Any], _: int) -> bytes:
    """Return the bytes of a request that stores the record as it was."""
    return load.send("PUT", f"/v1/profiles/{record['id']}", record)
