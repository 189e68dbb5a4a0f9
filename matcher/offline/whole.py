"""An output file that appears whole or not at all, in a format that its name says."""

import fcntl
import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from matcher.core.errors import OutputInUse, UnreadableFile


def ending_of(path: Path, known: Iterable[str]) -> str:
    """Return the ending of a file's name, in small letters: its format.

    Raises:
        UnreadableFile: it is none of those that are known.
    """
    ending, endings = path.suffix.lower(), [*known]
    if ending not in endings:
        raise UnreadableFile(f"{path.name}: the output's ending must be one of {', '.join(endings)}")
    return ending


@contextmanager
def whole_file(path: Path) -> Iterator[IO[bytes]]:
    """Yield a file that gets its name once it is written; whoever else would write it meanwhile is refused.

    A link stays one: what it leads to is written. What a run that was killed has left beside it (`.NAME.unfinished`) is
    written over by the next.

    Raises:
        OutputInUse: another run is writing the same file.
        OSError: the file cannot be written; it is named.
    """
    try:
        with _unfinished(Path(os.path.realpath(path))) as file:
            yield file
    except OSError as error:
        raise OSError(error.errno, error.strerror or str(error), str(path)) from error


@contextmanager
def _unfinished(path: Path) -> Iterator[IO[bytes]]:
    unfinished = path.with_name(f".{path.name}.unfinished")
    # Not emptied by being opened: it may be another run's. A link or a pipe of that name is refused.
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK, 0o666), "wb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise OutputInUse(path) from error
        except OSError:
            pass  # a share that knows no locks: whoever writes to it sees to one run at a time
        if not unfinished.exists() or not os.path.samestat(os.fstat(file.fileno()), unfinished.stat()):
            raise OutputInUse(path)  # it has just been given its name
        try:
            file.truncate()
            with suppress(FileNotFoundError):  # what was closed to others stays so
                os.fchmod(file.fileno(), stat.S_IMODE(path.stat().st_mode))
            yield file
            file.flush()
            os.fsync(file.fileno())
            unfinished.replace(path)
        except BaseException:
            unfinished.unlink(missing_ok=True)
            raise
