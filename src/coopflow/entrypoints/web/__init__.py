"""Pages in which members and programme managers work; they need no script."""
