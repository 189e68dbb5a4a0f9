"""Settings in, a matcher out: the only place where a model and a store are chosen."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import cache
from importlib.metadata import version
from typing import Literal

import models
import models.linker
import models.thesaurus
from matcher.core.domain import Facet
from matcher.core.errors import NoDatabase, OtherDatabase, StoreUnavailable
from matcher.core.ports import Encoders, Linker, Thesaurus
from matcher.core.storing import Keys, Store
from matcher.decisions import reading
from matcher.decisions.log import REMEDY, DecisionLog
from matcher.decisions.pseudonyms import Pseudonyms, open_pseudonyms
from matcher.derive import Deriver
from matcher.engine import Matcher
from matcher.settings import Settings
from matcher.stages.text import neutral
from matcher.stores import open_store
from matcher.stores.connecting import make_home
from matcher.stores.snapshots import Snapshots
from matcher.weights import SHIPPED, read_weights

A_FEW_LINES = 4096
"""In bytes: what must fit on the disk for the decision log to begin."""
Purpose = Literal["make", "use", "adopt", "look"]
"""What a database is opened for: to be made where there is none; to be used where it is the home folder's; to become
that, where `reindex` follows and makes the index; to be looked at, and not written to."""


def open_matcher(settings: Settings, *, purpose: Purpose = "make") -> Matcher:
    """Return a matcher that is ready: its database migrated, its index loaded or rebuilt, but for who adopts it.

    Args:
        settings: which database, which models.
        purpose: what for.

    Raises:
        NoDatabase: there is no database, and none is to be made.
        OtherDatabase: the home folder's files are of another one.
        StoreUnavailable: the home folder or the database cannot be used.
        ModelUnavailable: there is no such model, or its recipe cannot be read.
        MissingExtra: PostgreSQL is asked for and its driver is not installed.
        UnreadableFile: the file of weights is missing or wrong.
    """
    home = settings.home
    if purpose == "make" or home.exists():
        make_home(home)
    encoders = load_encoders(settings)
    matcher = Matcher(
        store=_open_store(settings, purpose),
        encoders=encoders,
        thesaurus=load_thesaurus(),
        snapshots=Snapshots(home / "snapshots"),
        weights=read_weights(settings.weights or SHIPPED),
        keeps=purpose != "look",
    )
    try:
        if purpose != "adopt":
            matcher.open()
    except BaseException:
        matcher.close()
        raise
    return matcher


@contextmanager
def open_keys(settings: Settings, *, purpose: Purpose = "make") -> Iterator[Keys]:
    """Open the API keys of a database alone: no model, no index.

    Args:
        settings: which database.
        purpose: what for.

    Raises:
        NoDatabase: there is no database, and none is to be made.
        OtherDatabase: the home folder's files are of another one.
        StoreUnavailable: the home folder or the database cannot be used.
        MissingExtra: PostgreSQL is asked for and its driver is not installed.
    """
    store = _open_store(settings, purpose)
    try:
        yield store.keys
    finally:
        store.close()


def _open_store(settings: Settings, purpose: Purpose) -> Store:
    """Return the store, unless the home folder's files are of another: its address is missing or wrong, most likely.

    Nobody makes the embedded one beside another's files; one that is named is meant, as on the way to PostgreSQL.
    """
    url = settings.database_url.get_secret_value() if settings.database_url else None
    told = _told_database(settings)
    may_make = purpose == "make" and (bool(url) or told is None)
    try:
        store = open_store(
            url or None,
            home=settings.home,
            connections=settings.database_connections,
            make=may_make,
            write=purpose != "look",
        )
    except NoDatabase as error:
        if told is None:
            raise
        raise OtherDatabase(
            f"there is no database in {error.place}, and the files in {settings.home} are of another one: set "
            "MATCHER_DATABASE_URL as the service has it, or bring its database back from a backup; to begin anew, move "
            "the folders snapshots and decisions away"
        ) from None
    if purpose in {"make", "adopt"} or told in {None, store.database_id}:
        return store
    store.close()
    raise OtherDatabase(
        f"the files in {settings.home} are of another database than this one: set MATCHER_DATABASE_URL and "
        "MATCHER_HOME as the service has them; if this is the right database, run `matcher reindex` first"
    )


def _told_database(settings: Settings) -> str | None:
    """Return the id of the database that the home folder's files are of: of its snapshot, or of the decision log."""
    return Snapshots(settings.home / "snapshots").database_id() or reading.last_database(settings.home / "decisions")


def open_decision_log(settings: Settings, matcher: Matcher) -> DecisionLog | None:
    """Return the started log of what this process shows, None where the settings switch it off.

    Raises:
        StoreUnavailable: its folder or the secret of the pseudonyms cannot be used.
    """
    folder = settings.decision_log_folder
    if folder is None:
        return None
    decisions = DecisionLog(
        folder,
        load_pseudonyms(settings),
        made_by=made_by(settings, matcher),
        keep=timedelta(days=settings.decision_log_days),
    )
    decisions.start()
    return decisions


def check_files(settings: Settings) -> None:
    """Find out before a server starts, which takes a while, whether it can write what it has to.

    Raises:
        StoreUnavailable: the home folder, the secret of the pseudonyms or the decision log's folder cannot be used.
    """
    make_home(settings.home)
    load_pseudonyms(settings)
    if (folder := settings.decision_log_folder) is not None:
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            with tempfile.TemporaryFile(dir=folder, buffering=0) as file:
                file.write(bytes(A_FEW_LINES))  # on a full disk a file can be made, and nothing be written to it
        except OSError as error:
            raise StoreUnavailable(
                f"the decision log cannot be written to {folder} ({error.strerror or error}): {REMEDY}"
            ) from error


def load_pseudonyms(settings: Settings) -> Pseudonyms:
    """Return the pseudonyms of this installation; their secret is made where there is none.

    Raises:
        StoreUnavailable: the secret cannot be used.
    """
    key = settings.pseudonym_key.get_secret_value() if settings.pseudonym_key else None
    return open_pseudonyms(settings.home, key=key)


def made_by(settings: Settings, matcher: Matcher) -> dict[str, str]:
    """Return the fingerprints of all that makes a ranking."""
    return {"version": version("forum-matcher"), "settings": settings.fingerprint, **matcher.fingerprints}


def load_encoders(settings: Settings) -> Encoders:
    """Return each facet's encoder: by its own setting, else by the one for all facets, else as shipped.

    Raises:
        ModelUnavailable: there is no such model, or its recipe cannot be read.
    """

    def recipe(facet: Facet, own: str | None) -> str:
        return own or settings.model or models.DEFAULTS[facet]

    titles = settings.title_model or settings.model
    body, prose = models.load_body(recipe(Facet.BODY, settings.body_model))
    return Encoders(
        title=models.load(titles) if titles else models.load_titles(),
        skills=models.load(recipe(Facet.SKILLS, settings.skills_model)),
        body=body,
        prose=prose,
    )


@cache
def load_deriver(settings: Settings) -> Deriver:
    """Return what derives by the models of some settings, without a database; one a process.

    Raises:
        ModelUnavailable: there is no such model, or its recipe cannot be read.
    """
    return Deriver(load_encoders(settings), thesaurus=load_thesaurus(), store=None)


@cache
def load_thesaurus() -> Thesaurus:
    """Return the shipped thesaurus of skills, one a process; its files are read where it is first asked.

    Raises:
        ModelUnavailable: a file of it is missing.
    """
    return models.thesaurus.Thesaurus(neutral)


def load_linker() -> Linker:
    """Return the linker of the shipped table of concepts.

    Raises:
        ModelUnavailable: its table, its calibration or the model that it compares with is missing or damaged.
    """
    return models.linker.Linker.load(neutral=neutral)
