"""Soạn: the trainers' pages."""
