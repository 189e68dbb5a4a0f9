"""A process that another one has started, and that nobody else would stop."""

import multiprocessing
import threading
from collections.abc import Callable


def end_with_main(end: Callable[[], object]) -> None:
    """Have this process end when its main process has ended, which may have been killed.

    Args:
        end: what ends it, in a thread of its own. Never called in a process that is the main one.
    """
    threading.Thread(target=_wait, args=(end,), name="main process", daemon=True).start()


def _wait(end: Callable[[], object]) -> None:
    if (main := multiprocessing.parent_process()) is not None:
        main.join()
        end()
