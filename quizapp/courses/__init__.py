"""Khóa học: revisions of courses and units, the question bank, the content files."""
