"""What is looked at in the storage folder, and what an installed plugin says of itself."""
