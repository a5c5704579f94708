"""Who gets in: identity providers, sessions, sign-in links and API tokens."""
