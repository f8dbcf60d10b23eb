"""Đợt học: campaigns, enrolments, facts, counts, confirmations, the lesson pages."""
