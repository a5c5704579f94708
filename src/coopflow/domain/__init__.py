"""The pure core: what a cooperation is and what the engine decides.

Nothing in here reads a clock, a file, the environment or a random source; instants and ids come
in as arguments, so the same commands always give the same events.
"""
