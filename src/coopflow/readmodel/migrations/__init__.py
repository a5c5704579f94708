"""The changes of the tables, from the first one on; run by ``coopflow.readmodel.migrate``.

A change of ``tables.py`` needs a further file in ``versions``, up and down; a test finds what it
leaves out. It need not fill what follows from the journal: ``Projector.refresh`` writes those rows
anew. A column added there gives its present rows a default for the moment in between.
"""
