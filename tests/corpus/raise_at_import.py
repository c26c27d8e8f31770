# expect: denied: raised
# kind: no module
# defence: boundary (no verdict)
raise KeyboardInterrupt
