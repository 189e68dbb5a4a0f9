"""Hands what is about to be shown to the decision log: one call a route, just before it answers.

Every ranking, and each profile that anybody but the platform reads outside of one.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from fastapi import FastAPI, Request

from api import request_ids
from api.methods import shows_nothing
from matcher.answers import Answer
from matcher.core.access import Principal, Role
from matcher.core.domain import Kind, Profile
from matcher.core.pages import NOTHING, Seen
from matcher.core.scoring import MERGED, Circumstances, Variety
from matcher.decisions.entry import Asker, Call, Decision, Look, Pair, Parameter, Reading, places
from matcher.decisions.log import DecisionLog


def log_ranking(
    request: Request,
    answer: Answer,
    *,
    call: Call,
    asks: Kind,
    question: str | Profile,
    k: int,
    variety: Variety = MERGED,
) -> None:
    """Have a document's best matches written down.

    Args:
        request: being answered; its caller is known.
        answer: what will be shown.
        call: what was asked.
        asks: the kind of the document that asked.
        question: its id, or the profile itself where it is not stored.
        k: how many were asked for.
        variety: how the answer was kept from saying one thing again and again.

    Raises:
        DecisionLogUnavailable: the ranking cannot be written down, and so must not be shown.
    """
    log_places(
        request.app,
        request.scope["state"]["principal"],
        places([one.match for one in answer.explanations], asks.other),
        call=call,
        asks=asks,
        question=question,
        shows=asks.other,
        eligible=answer.eligible,
        under=answer.under,
        k=k,
        variety=variety,
        before=answer.before,
    )


def log_places(  # noqa: PLR0913 - each is a member of the line
    app: FastAPI,
    caller: Principal,
    shown: Sequence[tuple[str, float, tuple[str, ...]]],
    *,
    call: Call,
    asks: Kind | None,
    question: str | Profile,
    shows: Kind,
    eligible: int,
    under: Circumstances,
    k: int,
    variety: Variety = MERGED,
    filters: Mapping[str, Parameter] | None = None,
    before: Seen = NOTHING,
    pair: Pair | None = None,
) -> None:
    """Have any ranking written down: a search's, say, whose filters it was under. As `log_ranking`.

    HEAD shows nothing, and so nothing is written.
    """
    decisions: DecisionLog | None = app.state.decisions
    if decisions is None or shows_nothing():
        return
    decisions.record(
        Decision(
            call=call,
            asker=_asker(caller),
            question=question,
            asks=asks,
            shows=shows,
            shown=shown,
            eligible=eligible,
            under=under,
            k=k,
            variety=variety,
            filters=filters or {},
            before=before,
            pair=pair,
        )
    )


def log_reading(
    app: FastAPI, caller: Principal, profile_ids: Sequence[str], reading: Reading, *, posting_id: str | None = None
) -> None:
    """Have it written down that somebody is shown people outside of a ranking; the platform has its own records.

    Args:
        app: being asked.
        caller: who asks.
        profile_ids: whom they are shown; nobody: nothing is written.
        reading: what of them.
        posting_id: beside which they stand.

    Raises:
        DecisionLogUnavailable: it cannot be written down, and so they must not be shown.
    """
    decisions: DecisionLog | None = app.state.decisions
    if decisions is None or caller.role is Role.PLATFORM or not profile_ids or shows_nothing():
        return
    decisions.record(Look(reading, _asker(caller), profile_ids, posting_id))


def _asker(caller: Principal) -> Asker:
    return Asker(
        at=datetime.now(UTC),
        request_id=request_ids.current(),
        role=caller.role.value if caller.role else None,
        organisation=caller.organisation,
    )
