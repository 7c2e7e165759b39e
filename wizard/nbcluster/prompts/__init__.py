"""The wizard as a series of questions; line prompts and plain text are its two faces."""
