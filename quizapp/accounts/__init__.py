"""Người dùng: people, posts, roles with a scope, sign-in, sessions."""
