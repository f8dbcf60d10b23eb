"""Quản trị: bodies, people, roles, campaigns, codes, the log."""
