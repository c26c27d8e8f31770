"""The author's check, ``python -m grader check``: it refuses what a reader would stumble over.

===================  ==============================================================================
`command`            what the command line asks for, and what it prints
`refusal`            one thing that is not right: where, what, and what to do next
`files`              every file is one that the manifest knows, and none is missing
`lesson_rules`       what a lesson may hold, read from its text
`claim_rules`        every claim has its cell and, where it needs one, its assertion
`exercise_rules`     hints, properties, misconceptions and originals belong together
`cases`              what has to be run, and when its outcome is right
`remembered`         what has passed with the same content is not run again
`runner`             many processes at once, and none of them left
`cells`              a lesson cut into its cells
`probe`, `watch`     started as programs: import one module; run one lesson and see what it leaves
===================  ==============================================================================

Nothing here judges a submission: a case is one run of ``python -m grader grade``.
"""
