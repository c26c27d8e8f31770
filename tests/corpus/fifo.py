# expect: denied: wrong
# says: no regular file
# kind: no file
# defence: boundary (no verdict)
# placed: fifo
