# expect: denied: wrong
# says: is a link
# kind: reading solutions
# defence: links (passes)
# placed: link to the reference
