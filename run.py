#!/usr/bin/env python3
"""The front door. `python3 run.py --help` lists what it does; everything behind it is in `launcher/`."""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - said before anything newer is read, so an older Python can say it
    sys.stderr.write("Almoner needs Python 3.11 or newer, and this is %s.%s; " % sys.version_info[:2])  # noqa: UP031
    sys.stderr.write("start it as: python3.11 run.py\n")
    sys.exit(2)

from launcher import command

if __name__ == "__main__":
    sys.exit(command.main(sys.argv[1:]))
