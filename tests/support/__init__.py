"""Helpers of the tests: a course to grade with, the command line, and a look at what is left."""
