"""Đơn vị: the dated tree of bodies."""
