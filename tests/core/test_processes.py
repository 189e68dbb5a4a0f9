"""What a process has started ends with it, however it ended."""

import multiprocessing
import os
import subprocess
import sys
import threading
import time
from functools import partial

from matcher.core.processes import end_with_main
from tests.time_limit import time_limit

PATIENCE_S = 60.0


def _stay() -> None:
    end_with_main(partial(os._exit, 1))
    print("started", flush=True)  # noqa: T201 - to the test
    time.sleep(2 * PATIENCE_S)


def be_main() -> None:
    """What the test starts: a process that has one of its own."""
    child = multiprocessing.get_context("spawn").Process(target=_stay)
    child.start()
    child.join()


def test_a_process_ends_when_its_main_process_is_killed() -> None:
    start = "from tests.core.test_processes import be_main; be_main()"
    with (
        time_limit(PATIENCE_S, waits_for="the end of a process"),
        subprocess.Popen([sys.executable, "-c", start], stdout=subprocess.PIPE, text=True) as main,
    ):
        assert main.stdout is not None
        assert main.stdout.readline() == "started\n"
        main.kill()
        assert main.stdout.read() == "", "nobody holds the other end any more"


def test_a_process_that_nobody_has_started_goes_on() -> None:
    ended: list[int] = []
    end_with_main(partial(ended.append, 1))
    for thread in threading.enumerate():
        if thread.name == "main process":
            thread.join(PATIENCE_S)
    assert ended == []
