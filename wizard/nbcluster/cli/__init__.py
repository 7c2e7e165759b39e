"""The command line: data on stdout, talk on stderr, exit codes that programs can rely on."""
