"""What a command begins with: the settings, and a matcher over them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from matcher.compose import Purpose
    from matcher.engine import Matcher
    from matcher.settings import Settings


def read_settings(*, strictly: bool = False) -> Settings:
    """Return the settings, or name every variable that is wrong; one without a meaning is too where they are strict."""
    import os

    from pydantic import ValidationError

    from matcher.settings import Settings, complaints, unknown

    without_meaning = unknown(os.environ)
    try:
        settings = Settings()
    except ValidationError as error:
        raise click.ClickException("\n".join([*complaints(error), *without_meaning])) from None
    if without_meaning and strictly:
        raise click.ClickException("\n".join(without_meaning))
    for sentence in without_meaning:
        click.echo(f"Warning: {sentence}", err=True)
    return settings


@contextmanager
def opened(settings: Settings | None = None, *, purpose: Purpose = "use") -> Iterator[Matcher]:
    """Yield the matcher of some settings, those of the environment where none are given; it is closed afterwards.

    A database is made only by who says so: in a shell that lacks the service's settings, whatever else is asked for
    would be done, and be reported as done, on one that is empty.
    """
    from matcher.compose import open_matcher

    matcher = open_matcher(settings or read_settings(), purpose=purpose)
    try:
        yield matcher
    finally:
        matcher.close()
