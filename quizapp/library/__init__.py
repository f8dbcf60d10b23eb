"""Văn bản: rules as trees of provisions."""
