"""What was answered: fields, values, addresses, secrets, and what is wrong with them; the answers file and the importer are subpackages."""
