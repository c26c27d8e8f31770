"""What the same calls cost without a grader; see `grader.bench`."""
