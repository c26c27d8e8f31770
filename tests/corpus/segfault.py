# expect: denied: crashed
# kind: kill
# defence: boundary (no verdict)
import ctypes


def FUNCTION(*args):
    ctypes.string_at(0)
