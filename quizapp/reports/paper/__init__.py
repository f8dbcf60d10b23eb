"""Giấy: a table or a document as Excel, Word, PDF. Nothing here reads the database."""
