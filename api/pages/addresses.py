"""Where the pages are, and which cookies they know."""

from urllib.parse import quote

HOME = "/recruiter"
SIGN_IN = f"{HOME}/sign-in"
SIGN_OUT = f"{HOME}/sign-out"
SEARCH = f"{HOME}/search"
STYLE = f"{HOME}/style.css"
LANGUAGE = f"{HOME}/language"

KEY_COOKIE = "forum_matcher_key"
LANGUAGE_COOKIE = "forum_matcher_language"
NOTICE_COOKIE = "forum_matcher_notice"
"""What the next page has to say: the name of one of a few sentences."""
BY_COOKIE = "by_cookie"
"""Where a request's state says that who asks is known by the cookie, and by no header that a proxy sends."""


def is_page(path: str) -> bool:
    """Tell whether an address is a page's."""
    return path == HOME or path.startswith(f"{HOME}/")


def of_posting(posting_id: str) -> str:
    """Return where a posting's candidates are."""
    return f"{HOME}/postings/{quote(posting_id, safe='')}"


def of_candidate(posting_id: str, profile_id: str) -> str:
    """Return where a profile is compared with a posting."""
    return f"{of_posting(posting_id)}/candidates/{quote(profile_id, safe='')}"


def of_profile(profile_id: str) -> str:
    """Return where a profile is."""
    return f"{HOME}/profiles/{quote(profile_id, safe='')}"
