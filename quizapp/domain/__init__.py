"""The rules: pure functions on frozen values. Knows no web, database, clock or file."""
