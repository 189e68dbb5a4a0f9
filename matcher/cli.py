"""The `matcher` command: thin, and quick to answer; what it can be told to do is in `matcher/commands`."""

import io
import os
import signal
import sys
import threading
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import Any

import click

from matcher.commands import (
    arranging,
    asking,
    auditing,
    batch,
    decisions,
    erasing,
    judging,
    keys,
    linking,
    serving,
    spark,
    upkeep,
)
from matcher.core.errors import MatcherError
from matcher.settled import look_for_cycles_rarely

COMMANDS = (
    batch.ingest,
    batch.match,
    spark.spark,
    asking.suggest,
    asking.candidates,
    asking.search,
    asking.similar,
    judging.evaluate,
    judging.learn,
    auditing.audit,
    serving.serve,
    keys.keys,
    decisions.decisions,
    decisions.replay,
    erasing.erase,
    erasing.erase_again,
    erasing.retention,
    upkeep.fsck,
    upkeep.reindex,
    linking.link,
    arranging.timetable,
    batch.demo,
)

_UNTIL_AGAIN_S = 0.05
"""How long after Ctrl-C has come to nothing it is sent again."""


class _Command(click.Group):
    """Turns what goes wrong on purpose into one line on standard error and exit status 1."""

    def invoke(self, ctx: click.Context) -> Any:
        _ready_output()
        _say_no_more_than_aborted()
        look_for_cycles_rarely()  # reading the tables takes half as long again otherwise
        try:
            return super().invoke(ctx)
        except MatcherError as error:
            raise click.ClickException(str(error)) from error
        except BrokenPipeError:
            raise  # whoever read the output has had enough: click leaves quietly
        except UnicodeEncodeError as error:
            raise click.ClickException("an argument holds what is no UTF-8: write it in UTF-8") from error
        except OSError as error:
            raise click.ClickException(f"{error.filename or 'the output'}: {error.strerror or error}") from error


@click.group(
    cls=_Command,
    commands=COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(package_name="forum-matcher", prog_name="matcher")
def main() -> None:
    """Match job postings and candidate profiles, and say why.

    The database and the index live in MATCHER_HOME (default: .matcher in the working folder).
    """


def _ready_output() -> None:
    """Make sure that there are a standard output, which takes any character, half ones too, and a standard error."""
    # Or the database's file, opened next, would get its number.
    if sys.stdout is None:
        sys.stdout = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - until the process ends
    if sys.stderr is None:
        sys.stderr = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - likewise
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")


def _say_no_more_than_aborted() -> None:
    """Let Ctrl-C end a command in one line.

    It can come while a library makes an object, whose `__del__` then fails for want of what was not made yet: Python
    prints that as "Exception ignored in…", with a traceback, though nothing is wrong but that the user stopped it. And
    it can come inside a `__del__` or the callback of a weak reference (importing calls some), which it ends in place
    of the command: then it is sent again.
    """

    def interrupted(signum: int, frame: FrameType | None) -> None:
        sys.unraisablehook = ignored
        signal.default_int_handler(signum, frame)

    def ignored(what: "sys.UnraisableHookArgs") -> None:
        if what.exc_type is KeyboardInterrupt:
            with suppress(RuntimeError):  # no thread can be started any more: the command ends as it is
                again = threading.Timer(_UNTIL_AGAIN_S, signal.pthread_kill, [main_thread.ident, signal.SIGINT])
                again.daemon = True
                again.start()

    main_thread = threading.main_thread()
    ours = threading.current_thread() is main_thread  # no other thread may say what a signal does
    if ours and signal.getsignal(signal.SIGINT) is signal.default_int_handler:  # not where a shell has it ignored
        signal.signal(signal.SIGINT, interrupted)


if __name__ == "__main__":
    main()
