"""What runs beside the student's code: standard library only, no secret, no expected value.

===============  ==========================================================================
``wire``         the data format of both channels, and its limits
``zygote``       the process above the student's: starts workers, counts and ends what is below
``processes``    what /proc says about a tree of processes, and how to end it (Linux)
``worker``       imports one submission and serves calls
``remote``       stand-ins for objects that live in the grader
===============  ==========================================================================

The folder above this package is put on ``sys.path`` of the worker, so that it is called ``kit``
there; the trusted side imports the same files as ``grader.inside.kit``.
"""
