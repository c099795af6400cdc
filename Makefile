# Everything a fresh machine needs is Python 3.11 or newer and make.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.ONESHELL:
.DEFAULT_GOAL := help

VENV := .venv
BIN := $(VENV)/bin
PYTEST_WORKERS ?= 2

.PHONY: help demo serve test test-fast test-long check fmt bench rows lock docs

help: ## what can be made here
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 18

$(BIN)/python:
	@echo "Making a Python environment in $(VENV)"
	python=
	for candidate in $${PYTHON:-} python3.11 python3.12 python3.13 python3.14 python3 python; do
	    if command -v "$$candidate" >/dev/null && "$$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
	        python="$$candidate"; break
	    fi
	done
	if [ -z "$$python" ]; then
	    echo "Kith needs Python 3.11 or newer. Install it, or name it: make PYTHON=/path/to/python3 ..." >&2; exit 1
	fi
	if ! "$$python" -c 'import venv, ensurepip' 2>/dev/null; then
	    echo "$$python has no venv module. On Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1
	fi
	"$$python" -m venv $(VENV)

define install
	@echo "Installing the packages of $(1), pinned by hash"
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(1) || {
	    echo "The packages could not be installed: is the package index reachable? Then run make again." >&2; exit 1; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $(2)
endef

$(VENV)/.installed: requirements.txt pyproject.toml | $(BIN)/python
	$(call install,requirements.txt,$@)

$(VENV)/.installed-dev: requirements-dev.txt pyproject.toml | $(BIN)/python
	$(call install,requirements-dev.txt,$@)
	touch $(VENV)/.installed

demo: $(VENV)/.installed ## a made-up club of contacts: loaded, grouped, served
	@$(BIN)/kith demo

serve: $(VENV)/.installed ## the application
	@$(BIN)/kith serve

test: $(VENV)/.installed-dev ## the whole suite, browser journeys included where there is a browser
	@echo "Running the whole suite"
	$(BIN)/pytest -n $(PYTEST_WORKERS) --dist worksteal

test-fast: $(VENV)/.installed-dev ## matching only: no database, seconds
	@$(BIN)/pytest -q -p no:django --confcutdir=tests/matching tests/matching

test-long: $(VENV)/.installed-dev ## ten thousand steps of random histories, an erasure killed before each statement: nightly
	@KITH_LONG_TESTS=200 $(BIN)/pytest -q -o faulthandler_timeout=0 tests/grouping/test_histories.py \
	    tests/grouping/history/test_random_histories.py tests/privacy/erasing/test_killed.py

check: $(VENV)/.installed-dev ## format, lint, types, layers, guards, missing migrations, sizes
	@echo "Formatting" && $(BIN)/ruff format --check .
	echo "Lint" && $(BIN)/ruff check .
	echo "Types" && $(BIN)/mypy
	echo "Layers" && $(BIN)/lint-imports
	echo "Guards" && $(BIN)/pytest -q tests/architecture
	$(BIN)/python -m tests.architecture.sizes

fmt: $(VENV)/.installed-dev ## write the code the way the project does
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix .

.venv-bench/.installed: requirements-bench.txt pyproject.toml | $(BIN)/python
	@echo "Installing the packages of requirements-bench.txt, pinned by hash: the peers, in an environment of their own"
	$(BIN)/python -m venv .venv-bench
	.venv-bench/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-bench.txt || {
	    echo "The packages could not be installed: is the package index reachable? Then run make again." >&2; exit 1; }
	.venv-bench/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

bench: .venv-bench/.installed ## benchmarks against peers; NAMES="a b" for some of them
	@.venv-bench/bin/python -m bench $(NAMES)

rows: $(VENV)/.installed-dev ## which rows of the specification a test names
	@$(BIN)/python -m tests.architecture.rows

docs: $(VENV)/.installed-dev ## write docs/reference from the code
	@$(BIN)/python docs/generate.py

lock: $(VENV)/.installed-dev ## newest allowed versions into requirements*.txt
	@echo "Locking"
	lock="$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --no-emit-index-url --upgrade"
	$$lock pyproject.toml --group build --output-file requirements.txt
	$$lock pyproject.toml --group build --group dev --output-file requirements-dev.txt
	$$lock pyproject.toml --group build --group dev --group spark --output-file requirements-spark.txt
	$$lock pyproject.toml --group build --group dev --group bench --output-file requirements-bench.txt
	if grep -nE '://' requirements*.txt; then echo "An address got into a lock file." >&2; exit 1; fi
