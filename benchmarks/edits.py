"""What people change of their records: what a write sends in every load, so that it is as much work as a write is.

The record of a person as it is, its headline with a number behind it and its summary with one more sentence, which has
the number too: the trade and all else stay, so answers stay what they are, and both texts are new to the service, which
makes them anew, encodes them, and keeps them.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from benchmarks import load
from matcher.core.domain import Profile

SENTENCE = "Dossier mis à jour sous le numéro {}."


def edited(record: Mapping[str, Any], number: int) -> dict[str, Any]:
    """Return a profile's record, as JSON has it, with texts that it has under this number alone."""
    summary = f"{record.get('summary') or ''} {SENTENCE.format(number)}".strip()
    return {**record, "headline": f"{record.get('headline') or ''} {number}".strip(), "summary": summary}


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
