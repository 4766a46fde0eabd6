"""Programs of our own that make a part of a file beside us: they are modules, started without a shell, that speak by
their input and output."""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence

from django.conf import settings


def start(
    module: str, argument: str, *, files: Sequence[int] = (), environment: Mapping[str, str] | None = None
) -> "subprocess.Popen[bytes]":
    """`files` are numbers of open files that the program gets, too.

    This function will return the running program.
    """
    return subprocess.Popen(  # noqa: S603 - our own module, without a shell
        [sys.executable, "-m", module, argument],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=settings.ROOT,
        env={**os.environ, **(environment or {})},
        pass_fds=files,
    )
