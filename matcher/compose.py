"""Settings in, a matcher out: the only place where a model and a store are chosen."""

import models
import models.linker
from matcher.core.domain import Facet
from matcher.core.errors import StoreUnavailable
from matcher.core.ports import Encoder, Encoders, Linker
from matcher.engine import Matcher
from matcher.settings import Settings
from matcher.stages.text import neutral
from matcher.stores import open_store
from matcher.stores.snapshots import Snapshots


def open_matcher(settings: Settings) -> Matcher:
    """Return a matcher that is ready: its database migrated, its index loaded or rebuilt.

    Raises:
        StoreUnavailable: the home folder or the database cannot be used.
        ModelUnavailable: there is no such model, or its recipe cannot be read.
        MissingExtra: PostgreSQL is asked for and its driver is not installed.
    """
    home = settings.home
    try:
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise StoreUnavailable(
            f"{home} cannot be used as the home folder: set MATCHER_HOME to a folder that can be written"
        ) from error
    encoders = load_encoders(settings)
    url = settings.database_url.get_secret_value() if settings.database_url else None
    matcher = Matcher(store=open_store(url, home=home), encoders=encoders, snapshots=Snapshots(home / "snapshots"))
    try:
        matcher.open()
    except BaseException:
        matcher.close()
        raise
    return matcher


def load_encoders(settings: Settings) -> Encoders:
    """Return each facet's encoder: by its own setting, else by the one for all facets, else as shipped.

    Raises:
        ModelUnavailable: there is no such model, or its recipe cannot be read.
    """

    def load(facet: Facet, own: str | None) -> Encoder:
        return models.load(own or settings.model or models.DEFAULTS[facet])

    return Encoders(
        title=load(Facet.TITLE, settings.title_model),
        skills=load(Facet.SKILLS, settings.skills_model),
        body=load(Facet.BODY, settings.body_model),
    )


def load_linker() -> Linker:
    """Return the linker of the shipped table of concepts.

    Raises:
        ModelUnavailable: its table, its calibration or the model that it compares with is missing or damaged.
    """
    return models.linker.Linker.load(neutral=neutral)
