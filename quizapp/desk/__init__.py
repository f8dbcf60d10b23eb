"""Trang chủ, kết quả của tôi, dữ liệu về tôi."""
