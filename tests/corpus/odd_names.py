# expect: full marks
# kind: honest but odd
# Identifiers of other alphabets, a tab for a blank, a page break.
def 答え(*argumenté):
	return right(*argumenté)


FUNCTION = 答え
