"""The HTTP face: ``/v1``, on FastAPI."""
