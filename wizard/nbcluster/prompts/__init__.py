"""The wizard as questions one after the other; line prompts and plain text are its two faces."""
