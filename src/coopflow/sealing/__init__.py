"""Keys, and what is encrypted with them: payloads of Temporal and what the database keeps."""
