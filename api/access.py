"""Who may see what: which role may call which route, and which records it then finds.

A record that a caller may not see does not exist for them: the answer is the same, to the byte. Only a role that may
never call a route is told so (403): that says nothing about any record.
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated

from fastapi import Depends, Request
from starlette.exceptions import HTTPException

from api.parameters import refuse_unknown
from matcher.core.access import Principal, Role
from matcher.core.domain import Posting, Profile, Record

PLATFORM = frozenset({Role.PLATFORM})
ORGANISER = frozenset({Role.ORGANISER})
READERS = frozenset({Role.PLATFORM, Role.RECRUITER, Role.ORGANISER})
WRITERS = frozenset({Role.PLATFORM, Role.RECRUITER})
OVERSEERS = frozenset({Role.PLATFORM, Role.ORGANISER})
"""Who sees postings of every organisation."""

ALLOWED: Mapping[tuple[str, str], frozenset[Role]] = {
    ("GET", "/v1/postings"): READERS,
    ("POST", "/v1/postings"): PLATFORM,
    ("POST", "/v1/postings/bulk"): PLATFORM,
    ("PUT", "/v1/postings/{posting_id}"): WRITERS,
    ("GET", "/v1/postings/{posting_id}"): READERS,
    ("DELETE", "/v1/postings/{posting_id}"): PLATFORM,
    ("GET", "/v1/postings/{posting_id}/candidates"): READERS,
    ("POST", "/v1/profiles"): PLATFORM,
    ("POST", "/v1/profiles/bulk"): PLATFORM,
    ("PUT", "/v1/profiles/{profile_id}"): PLATFORM,
    ("GET", "/v1/profiles/{profile_id}"): READERS,
    ("DELETE", "/v1/profiles/{profile_id}"): PLATFORM,
    ("GET", "/v1/profiles/{profile_id}/suggestions"): PLATFORM,
    ("GET", "/v1/profiles/{profile_id}/export"): PLATFORM,
    ("POST", "/v1/suggestions"): PLATFORM,
    ("POST", "/v1/feedback"): WRITERS,
    ("POST", "/v1/profiles/search"): READERS,
    ("POST", "/v1/postings/search"): OVERSEERS,
    ("GET", "/v1/profiles/{profile_id}/similar"): READERS,
    ("GET", "/v1/postings/{posting_id}/similar"): OVERSEERS,
    ("GET", "/v1/postings/{posting_id}/candidates/{profile_id}"): READERS,
    ("GET", "/metrics"): ORGANISER,
    ("GET", "/v1/organisations"): ORGANISER,
    ("GET", "/v1/statistics"): ORGANISER,
    ("GET", "/v1/keys"): ORGANISER,
    ("POST", "/v1/keys"): ORGANISER,
    ("DELETE", "/v1/keys/{key_id}"): ORGANISER,
}
"""Which roles may call a route; one that is missing here is for nobody."""

RECRUITING = frozenset({Role.RECRUITER, Role.ORGANISER})
"""Who has pages to look at; the platform is a program."""
RECRUITERS = frozenset({Role.RECRUITER})

PAGES: Mapping[tuple[str, str], frozenset[Role]] = {
    ("GET", "/recruiter"): RECRUITING,
    ("GET", "/recruiter/postings/{posting_id}"): RECRUITING,
    ("POST", "/recruiter/postings/{posting_id}"): RECRUITING,
    ("GET", "/recruiter/postings/{posting_id}/page/{sealed}"): RECRUITING,
    ("GET", "/recruiter/postings/{posting_id}/candidates/{profile_id}"): RECRUITING,
    ("POST", "/recruiter/postings/{posting_id}/candidates/{profile_id}"): RECRUITERS,
    ("GET", "/recruiter/profiles/{profile_id}"): RECRUITING,
    ("GET", "/recruiter/profiles/{profile_id}/similar"): RECRUITING,
    ("POST", "/recruiter/profiles/{profile_id}/similar"): RECRUITING,
    ("GET", "/recruiter/profiles/{profile_id}/similar/{sealed}"): RECRUITING,
    ("GET", "/recruiter/search"): RECRUITING,
    ("POST", "/recruiter/search"): RECRUITING,
    ("GET", "/recruiter/search/{sealed}"): RECRUITING,
}
"""The same of the pages (api/pages); those that are for everyone are not here."""
_CALLED = {**ALLOWED, **PAGES}


async def authorised(request: Request) -> Principal:
    """Return who is asking, if their role may call this route at all, and as they do.

    Raises:
        HTTPException: 403.
        RequestValidationError: the query has a parameter that the route does not know.
    """
    principal: Principal = request.scope["state"]["principal"]  # not there: nobody has been asked, and nothing is shown
    called = request.method, request.scope["route"].path
    if principal.role is not None and principal.role not in _CALLED.get(called, frozenset()):
        raise HTTPException(HTTPStatus.FORBIDDEN)
    if called not in PAGES:  # what a mail program hangs on a link to a page is no mistake of a program
        refuse_unknown(request)
    return principal


Caller = Annotated[Principal, Depends(authorised)]


def may_see_postings_of(caller: Principal, organisation: str | None) -> bool:
    """Tell whether an organisation's postings exist for a caller; a recruiter knows none that names no organisation."""
    return caller.role is not Role.RECRUITER or (organisation is not None and organisation == caller.organisation)


def may_see_posting(caller: Principal, posting: Posting) -> bool:
    """Tell whether a posting exists for a caller."""
    return may_see_postings_of(caller, posting.organisation.id if posting.organisation else None)


def may_say_what_became(caller: Principal) -> bool:
    """Tell whether a caller's pages ask what became of candidates: those of recruiters, and before the first key."""
    return caller.role is None or caller.role in RECRUITERS


def may_see_profile(caller: Principal, profile: Profile) -> bool:
    """Tell whether a profile exists for a caller: a recruiter sees who is visible and does not hide from them."""
    if sees_all_of_profiles(caller):
        return True
    return profile.visible_to_recruiters and caller.organisation not in profile.hidden_from


def may_see(caller: Principal, record: Record) -> bool:
    """Tell whether a record exists for a caller."""
    return may_see_posting(caller, record) if isinstance(record, Posting) else may_see_profile(caller, record)


def sees_all_of_profiles(caller: Principal) -> bool:
    """Tell whether a caller sees profiles whole, and those that nobody else sees."""
    return caller.role in {None, Role.PLATFORM}
