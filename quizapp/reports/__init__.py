"""Theo dõi: the leaders' pages."""
