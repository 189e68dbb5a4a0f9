"""A process of its own that writes to a log: `python -m tests.decisions.worker FOLDER COUNT`.

With COUNT 0 it writes until it is killed. With a third argument, the disk takes no file larger than so many bytes for
the first while.
"""

import resource
import sys
import time
from pathlib import Path

from matcher.core.errors import DecisionLogUnavailable
from tests.decisions.lines import decision, open_log


def main(folder: str, count: str, full_at: str = "") -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    if full_at:
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(full_at), hard))
    log = open_log(Path(folder))
    number = refused = 0
    while number < int(count) or not int(count):
        try:
            log.record(decision(number))
            number += 1
            time.sleep(0.0005)
        except DecisionLogUnavailable:
            refused += 1
            resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
            time.sleep(0.05)
    log.stop()
    print(f"written {number}, refused {refused}", flush=True)  # noqa: T201 - what the test reads


if __name__ == "__main__":
    main(*sys.argv[1:])
