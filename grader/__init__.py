"""The autograder for code that starts processes.

Start reading at ``grader/README.md``: it has a map of the modules.
"""
