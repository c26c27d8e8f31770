"""Helpers of the properties that work beside the student's code: they report, they never judge."""
