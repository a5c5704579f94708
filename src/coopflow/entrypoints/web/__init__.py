"""Pages in which members and programme managers work; they need no script.

They ask and command through what the API asks and commands through, with the same guards: who may
not read something there does not read it here.
"""
