"""The changes of the tables, from the first one on; run by ``coopflow.readmodel.migrate``."""
