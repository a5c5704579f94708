"""E-mail to people: what they are told of, in their language and as often as they wish."""
