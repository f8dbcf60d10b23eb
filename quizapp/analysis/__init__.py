"""Phân tích: which questions are broken."""
