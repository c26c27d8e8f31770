# expect: denied: timed out
# kind: hang
# defence: boundary (no verdict)
# seconds: 1
import threading

threading.Event().wait()
