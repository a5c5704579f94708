"""Requests: which were answered how, which go on, and which were refused because of who asked."""
