"""The durable engine: everything that knows Temporal.

PYTEST_DONT_REWRITE: workflow.py says why.
"""
