# Every target is one line over `python -m grader …`, which also works without make.
PYTHON ?= $(shell command -v python3 >/dev/null 2>&1 && echo python3 || echo python)
# -E: a PYTHONHOME or PYTHONSAFEPATH of yours must not keep the first Python from starting.
GRADER = @$(PYTHON) -E -m grader

## make lesson-02               run lesson 02 (START=spawn, fork or forkserver: the start method)
## make grade EX=02_1           grade one exercise; without EX all of them (FROM=folder, ARGS=…)
## make hint EX=02_1            the next hint
## make reset EX=02_1           put the stub of an exercise back
## make check EX=03_1           what an author must not forget (FULL=1, REPEAT=20, JOBS=2; all: no EX)
## make test                    the tests of the grader, the lessons and the exercises (ARGS=…)
## make fuzz                    100,000 cases against the grader's border (FUZZ_CASES=…)
## make corpus                  all attacks and oddities, also on exercises of the course
## make lint                    ruff and mypy
## make notebooks               the lessons with their outputs, in build/notebooks (START=…, ARGS=02)
## make bench                   what grading costs
## make student-edition         the copy that students get
## make lock                    resolve the packages of pyproject.toml anew into the two locks

.PHONY: help grade hint reset check test fuzz corpus lint notebooks bench student-edition lock FORCE

help: ; @sed -n 's/^## /  /p' Makefile

lesson-%: FORCE ; $(GRADER) lesson "$*"

grade: ; $(GRADER) grade $(EX) $(if $(FROM),--from "$(FROM)") $(ARGS)

hint: ; $(GRADER) hint $(EX) $(ARGS)

reset: ; $(GRADER) reset $(EX) $(ARGS)

check: ; $(GRADER) check $(EX) $(if $(FULL),--full) $(if $(REPEAT),--repeat $(REPEAT)) $(if $(JOBS),--jobs $(JOBS)) $(ARGS)

test: ; $(GRADER) test $(ARGS)

fuzz: export FUZZ_CASES ?= 100000
fuzz: ; $(GRADER) test tests/test_fuzz.py $(ARGS)

corpus: export REQUIRE_SANDBOX ?= 1
corpus: export CORPUS ?= all
corpus: ; $(GRADER) test tests/test_corpus.py tests/test_defences.py tests/test_sandbox.py $(ARGS)

lint: ; $(GRADER) lint $(ARGS)

notebooks: ; $(GRADER) notebooks $(ARGS)

bench: ; $(GRADER) bench $(ARGS)

student-edition: ; $(GRADER) student-edition $(ARGS)

lock: ; $(GRADER) lock
