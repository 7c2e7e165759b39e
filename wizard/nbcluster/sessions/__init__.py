"""Sessions that are saved and resumed, and where they are kept."""
