"""The command line: data on stdout, progress on stderr, exit codes 0, 1, 2 and 3.

Nothing is imported here that a command does not need: ``coopflow --help`` answers at once.
"""

from coopflow.entrypoints.cli.app import main

__all__ = ["main"]
