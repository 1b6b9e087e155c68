"""Ends a process at once when its work is done.

The analysis engine (DuckDB, Arrow) keeps threads of its own. Where the interpreter clears up while
these still run, the process dies by SIGABRT or SIGSEGV after all work was done, and the log tells
of a crash that nobody suffered. So processes that serve pages or jobs let go of what they hold,
write out what they have to say, and leave without that clearing up.
"""

from __future__ import annotations

import logging
import os
import sys
from contextlib import suppress
from typing import NoReturn


def leave(code: int = 0) -> NoReturn:
    """Let go of the databases, write out logs and streams, and end this process."""
    if "django.db" in sys.modules:
        from huike.cli.ready import close_connections

        with suppress(Exception):
            close_connections()
    logging.shutdown()
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
    os._exit(code)


def ending_code() -> int:
    """The exit code of the SystemExit that is under way; 0 without one, 1 with another error."""
    error = sys.exc_info()[1]
    if error is None:
        return 0
    if isinstance(error, SystemExit):
        return error.code if isinstance(error.code, int) else int(error.code is not None)
    return 1
