# expect: denied: wrong
# says: defines no function
# kind: no module
# defence: boundary (no verdict)
# placed: without the reference
VALUE = 1
