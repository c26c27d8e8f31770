# expect: full marks
# kind: honest but odd
import logging
import warnings

logging.basicConfig(level=logging.DEBUG)


def FUNCTION(*args):
    logging.info("called with %d arguments", len(args))
    warnings.warn("nothing is wrong", stacklevel=1)
    return right(*args)
