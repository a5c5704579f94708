"""People, organisations and programmes: who is who, beside what cooperations know by id alone."""
