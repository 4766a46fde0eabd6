"""Passes a program's output on while it runs, but for its closing line, which can so be printed last."""

import subprocess
import sys
from pathlib import Path


def run(command: list[str], *, folder: Path, environment: dict[str, str]) -> tuple[int, str]:
    """Output is passed on as it comes, a progress line piece by piece, so that a person sees life.

    This function will return the exit status and the last line that is not empty, unprinted.
    """
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    assert process.stdout is not None  # noqa: S101 - a pipe was asked for
    held = ""
    try:
        for line in process.stdout:
            if line.strip():
                _print(held)
                held = line
            else:
                held += line
        return process.wait(), held.rstrip("\n") + "\n"
    except BaseException:
        process.terminate()
        process.wait()
        raise
    finally:
        process.stdout.close()


def _print(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()
