"""The durable engine: everything that knows Temporal."""
