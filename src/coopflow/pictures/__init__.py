"""Pictures of cooperations as SVG, with what they show in words."""
