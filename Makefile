# Two commands are all a newcomer needs: `make advise` and `make test`.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
FOLDERS := analyzers images topics knowledge resolver cli.py
ENGINE  ?= docker
EXAMPLE := examples/forecast
# Seconds for each fuzzer of `make torture`.
TORTURE_S ?= 25
QUICK   := not slow and not index and not system

# What pytest makes of the tests, and what every start of the command compiles, is kept for the next run.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help advise test check torture lint bench references docs wheels image clean

help: ## what can be made
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 12

advise: $(VENV)/.core ## set up, then advise a lockfile for the example project
	cd $(EXAMPLE) && $(abspath $(BIN))/stackwright advise

test: $(VENV)/.test system lint ## set up, then every linter and every test
	$(BIN)/python -m pytest -n auto --dist loadfile

check: $(VENV)/.test ## linters and the quick tests, under a minute
	@$(MAKE) --no-print-directory --keep-going --jobs=2 lint quick

torture: $(VENV)/.test ## feed every parser bad input, kill, fill disks, for half an hour
	STACKWRIGHT_TORTURE_S=$(TORTURE_S) $(BIN)/python -m pytest -n auto --dist worksteal tests/torture

.PHONY: quick ruff ruff-format mypy import-linter
quick: $(VENV)/.test
	$(BIN)/python -m pytest -q -n auto -m "$(QUICK)"

lint: ruff ruff-format mypy import-linter

ruff: $(VENV)/.test
	$(BIN)/ruff check .

ruff-format: $(VENV)/.test
	$(BIN)/ruff format --check .

mypy: $(VENV)/.test
	$(BIN)/mypy

import-linter: $(VENV)/.test
	$(BIN)/lint-imports

bench: $(VENV)/.test ## benchmarks beside the peers; downloads a lot
	PYTHONPATH=tests $(BIN)/python -m benchmarks

references: $(VENV)/.test ## write what docs/ has from the code: schemas, options, folders
	$(BIN)/python docs/write_schemas.py
	$(BIN)/python docs/write_options.py
	$(BIN)/python docs/write_rooms.py

docs: $(VENV)/.test ## build the documentation as a site, in site/
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --quiet

# System packages belong to continuous integration; a stranger's machine is left alone.
.PHONY: system
system:
	@if [ "$$CI" = "true" ]; then .ci/system-packages; fi

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Stackwright needs Python 3.11 or newer: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 2; }
	$(PYTHON) -m venv $(VENV)

# Bytecode is compiled here, by every core and not by pip, even where PYTHONDONTWRITEBYTECODE is set: without it
# every start costs half a second more.
$(VENV)/.core: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile --editable .
	@$(BIN)/python -m compileall -q -j 0 $(FOLDERS) $(VENV)/lib || true
	@touch $@

$(VENV)/.test: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile --editable '.[test]'
	@$(BIN)/python -m compileall -q -j 0 $(FOLDERS) $(VENV)/lib || true
	@touch $(VENV)/.core $@

wheels: $(VENV)/.core ## wheels of Stackwright and of all it needs, for the image
	$(BIN)/python -m pip wheel --quiet --disable-pip-version-check --wheel-dir wheels .

image: wheels ## an image of Stackwright, built without a network (ENGINE=podman for another engine)
	$(ENGINE) build --network none --tag stackwright .

clean: ## remove what make made
	rm -rf $(VENV) build dist site wheels .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
