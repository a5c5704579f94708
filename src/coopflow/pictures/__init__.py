"""Pictures of cooperations as SVG, each with a text that says all of it: no file, no clock."""
