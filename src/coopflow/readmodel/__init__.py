"""The read model: the journal and what lists and pages need, in a SQL database."""
