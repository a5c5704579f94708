"""The groups of commands, a module each: names, options and help; what runs is imported then."""
