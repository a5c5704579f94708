"""``python -m coopflow.entrypoints.cli``, the same as ``coopflow``."""

from coopflow.entrypoints.cli.app import main

main()
