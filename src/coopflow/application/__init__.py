"""Use cases: what is asked of an engine, in which order; no I/O of their own."""
