"""Báo cáo: figures frozen with a number, the files of them, the official report and its addenda."""
