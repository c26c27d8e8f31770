# expect: denied: raised
# kind: early exit
# defence: boundary (passes)
raise SystemExit(0)
