"""Durable workflows for territorial cooperations.

Importing the package loads nothing else: a caller pays only for the parts that it imports.

PYTEST_DONT_REWRITE: temporal/workflow.py says why.
"""

__version__ = "0.1.0"
