"""Lifecycles, policies and scenarios: read from YAML, checked, compiled into domain values.

``compile`` turns a definition that travels with a cooperation into a rulebook and touches no
file; ``library`` finds and reads the files. Nothing is imported here, so that a workflow that
compiles a definition never loads what reads files.
"""
