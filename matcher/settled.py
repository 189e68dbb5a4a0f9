"""Python's garbage collector tuned for a server: it looks for cycles rarely, and never in what a start has loaded."""

import ctypes
import gc

GC_AFTER = 5_000
"""Objects made, less those freed, after which Python looks for cycles among them: for a millisecond or two. To look
through ten times as many takes no longer in all, but an answer waits for all of it."""
GC_AGAIN_AFTER = 200
"""How often it does so before it looks through those that were left, too."""


def look_for_cycles_rarely() -> None:
    """Make Python look for cycles seldom: an answer makes some thousand objects and no cycles.

    At Python's own thresholds, looking through all that is held in memory takes a sixth of the time; of reading the
    tables at the start, a third.
    """
    gc.set_threshold(GC_AFTER, GC_AGAIN_AFTER, 20)


def settle() -> None:
    """Free what starting left behind, and keep what is left from being looked through for cycles again and again.

    Tables, models and sheets stay as long as the process does, some hundred thousand objects. Python looks through all
    of them, a third of a second, each time that enough new ones have come together. What is made from now on is still
    looked at.
    """
    look_for_cycles_rarely()
    gc.collect()
    gc.freeze()
    try:
        ctypes.CDLL(None).malloc_trim(0)
    except (AttributeError, OSError, TypeError):  # a system whose library has no such call
        return


def unsettle() -> None:
    """Let everything be looked at again: what was held may be cycles once its server has stopped."""
    gc.unfreeze()
