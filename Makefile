# Every target sets up its own Python environment in .venv; nothing else has to be installed first.
# Needed: make, and Python 3.11 or newer with its modules venv and pip.
#
#   make run     grade the sample class, write the reports to report/
#   make test    the tests, three for each core at a time; the course's own lint is one of them
#   make mutants a fixed sample of wrong copies of the solutions: each must lose a check (SAMPLE= for all of them)
#   make lint    ruff, mypy, and import-linter (which room may use which)
#   make lock    pin the newest versions of everything in requirements.lock (needs uv)
#   make clean   remove .venv and caches; never results or reports: a person may have written points there
#
# Variables: PYTHON=python3.12 picks the interpreter, SUBMISSIONS=folder the class, REPORT=folder the place of the reports,
# ARGS="--jobs 4" adds options to `grader run`.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.SUFFIXES:

SUBMISSIONS ?= examples/submissions
REPORT ?= report
SAMPLE ?= 60
UV ?= uv

VENV := .venv
BIN := $(VENV)/bin
CANDIDATES := $(PYTHON) python3.13 python3.12 python3.11 python3.14 python3 python
USABLE := import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))

# .venv/ready holds what .venv was made from. Contents are compared, not times: a checkout changes times, and a folder that
# was moved needs a new environment although no file in it is newer.
MADE_FROM := $(shell cat requirements.lock pyproject.toml | cksum) $(CURDIR)
ifneq ($(shell cat $(VENV)/ready 2>/dev/null),$(MADE_FROM))
OUT_OF_DATE := out-of-date
endif
ifneq ($(PYTHON),)
ifneq ($(shell cat $(VENV)/made-with 2>/dev/null),$(PYTHON))
OUT_OF_DATE := out-of-date
endif
endif

.PHONY: help run test mutants lint lock clean setup out-of-date

help:
	@sed -n '/^#  /s/^#   //p' Makefile

run: setup
	$(BIN)/grader run --all --submissions "$(SUBMISSIONS)" --report "$(REPORT)" $(ARGS)

test: setup
	$(BIN)/python -m pytest -n $$((3 * $$(nproc 2>/dev/null || echo 2))) --dist loadfile

mutants: setup
	$(BIN)/grader verify --mutants $(SAMPLE)

lint: setup
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

setup: $(VENV)/ready
	@:

$(VENV)/ready: $(OUT_OF_DATE)
	@found=; \
	for candidate in $(CANDIDATES); do \
		if "$$candidate" -c '$(USABLE)' >/dev/null 2>&1; then found=$$candidate; break; fi; \
	done; \
	if [ -n "$(PYTHON)" ] && [ "$$found" != "$(PYTHON)" ]; then \
		echo "PYTHON=$(PYTHON) is not Python 3.11 or newer with the modules venv and ensurepip." >&2; exit 1; \
	fi; \
	if [ -z "$$found" ]; then \
		echo "The grader needs Python 3.11 or newer with the modules venv and ensurepip; none of these has them: $(CANDIDATES)." >&2; \
		echo "hint: on Debian and Ubuntu, 'sudo apt install python3-venv'; or name one: make PYTHON=/path/to/python3.12 run" >&2; \
		exit 1; \
	fi; \
	echo "Setting up $(VENV) with $$("$$found" --version) ($$found)"; \
	"$$found" -m venv --clear $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@$(BIN)/python -m compileall -q grader || true  # sessions cannot always write what they have compiled: root's never can
	@echo '$(PYTHON)' > $(VENV)/made-with
	@echo '$(MADE_FROM)' > $@

lock:
	@command -v $(UV) >/dev/null || { echo "make lock needs uv: pip install uv, or make UV=/path/to/uv lock" >&2; exit 1; }
	echo 'setuptools>=77' | $(UV) pip compile --quiet --universal --python-version 3.11 --upgrade --generate-hashes \
		--no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" \
		--extra dev pyproject.toml - --output-file requirements.lock

clean:
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
