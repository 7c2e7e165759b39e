"""The templates as jinja2 compiles them, one module each: made by ``make templates``, and passed over where they are not up to date."""
