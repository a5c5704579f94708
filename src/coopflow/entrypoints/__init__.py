"""The faces of the engine: what people type, see or call."""
