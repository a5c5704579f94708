"""Commands as requests: where each is posted, what its body is, and how it is given."""
