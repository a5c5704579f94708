"""What is remembered of requests: idempotency keys, operations, and who was refused what."""
