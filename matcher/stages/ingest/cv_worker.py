"""The process that opens a CV: limits itself, reads the file from stdin, answers one JSON object on stdout.

`{"fields": …}` holds a native profile without id, `{"reason": …}` why there is none. Everything else that happens
to it (an exception, a kill) the parent understands as a damaged or an unsafe file.
"""

import json
import resource
import sys
from typing import BinaryIO, TextIO

from matcher.core.errors import UnreadableFile
from matcher.stages.ingest.cv_profile import fields_of
from matcher.stages.ingest.cv_text import prepare, text_of


def limit_self(memory_bytes: int, cpu_s: int) -> None:
    """Give up the right to more memory or processor time than that, and to write any file."""
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def answer(kind: str, source: BinaryIO, target: TextIO, *, unpacked_bytes: int) -> int:
    """Write what the CV in `source` holds; return the exit status."""
    try:
        result: dict[str, object] = {"fields": fields_of(text_of(kind, source.read(), unpacked_bytes=unpacked_bytes))}
    except UnreadableFile as error:
        result = {"reason": str(error)}
    except MemoryError:
        result = {"reason": "the CV takes too much memory to open: save it again as a plain PDF"}
    json.dump(result, target)
    return 0


def main(arguments: list[str]) -> int:
    """Run as the parent asks: kind, bytes of memory, seconds, bytes unpacked."""
    kind, memory_bytes, cpu_s, unpacked_bytes = arguments
    prepare(kind)
    limit_self(int(memory_bytes), int(cpu_s))
    return answer(kind, sys.stdin.buffer, sys.stdout, unpacked_bytes=int(unpacked_bytes))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
