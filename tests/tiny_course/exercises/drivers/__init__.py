"""Helpers that work beside the student's code, one module per exercise."""
