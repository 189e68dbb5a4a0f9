"""What a process that answers does once it is ready, so that nothing it holds costs later answers time."""

import ctypes
import gc


def settle() -> None:
    """Free what starting left behind, and keep what is left from being looked through for cycles again and again.

    Tables, models and sheets stay as long as the process does, some hundred thousand objects. Python looks through all
    of them, a third of a second, each time that enough new ones have come together. What is made from now on is still
    looked at.
    """
    gc.collect()
    gc.freeze()
    # Not every system's library has it; what is free is then given back later, or never.
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
