"""What is looked at in a database, and in the tables of a NocoBase that is there."""
