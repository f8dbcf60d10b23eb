"""Lượt làm bài: taking, saving, handing in, results."""
