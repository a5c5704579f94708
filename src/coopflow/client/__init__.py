"""The client for Python programs: one typed method for each command and question."""
