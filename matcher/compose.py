"""Settings in, a matcher out: the only place where a model and a store are chosen."""

import models
from matcher.core.errors import StoreUnavailable
from matcher.engine import Matcher
from matcher.settings import Settings
from matcher.stores import open_store
from matcher.stores.snapshots import Snapshots


def open_matcher(settings: Settings) -> Matcher:
    """Return a matcher that is ready: its database migrated, its index loaded or rebuilt.

    Raises:
        StoreUnavailable: the home folder or the database cannot be used.
        ModelUnavailable: there is no such model.
        MissingExtra: PostgreSQL is asked for and its driver is not installed.
    """
    home = settings.home
    try:
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise StoreUnavailable(
            f"{home} cannot be used as the home folder: set MATCHER_HOME to a folder that can be written"
        ) from error
    encoder = models.load(settings.model, words_share=settings.words_share)
    url = settings.database_url.get_secret_value() if settings.database_url else None
    matcher = Matcher(store=open_store(url, home=home), encoder=encoder, snapshots=Snapshots(home / "snapshots"))
    try:
        matcher.open()
    except BaseException:
        matcher.close()
        raise
    return matcher
