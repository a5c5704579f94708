"""What is told to others: webhooks, signed, tried again and kept track of."""
