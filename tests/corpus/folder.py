# expect: denied: wrong
# says: is a folder
# kind: no file
# defence: boundary (no verdict)
# placed: folder
