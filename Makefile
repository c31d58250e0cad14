# Everything this project is started, checked and measured with.
# Needs: GNU make, Python >= 3.11 with venv; Node >= 18 is taken from the system or, failing that, from PyPI.

PYTHON  ?= python3
WORKERS ?= 2
VENV    := .venv
BIN     := $(VENV)/bin
# Folders measured by coverage and read by the linters.
CODE    := app.py models gps_ingest tracking reports web cli demo bench migrations
CATALOGUES := $(wildcard */translations/*/LC_MESSAGES/*.po)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help install demo test coverage check bench fuzz clean system system-tests translations

help:
	@echo 'make install   environment only: .venv, system libraries, browser libraries and fonts'
	@echo 'make demo      build the demo city if empty and serve it on http://127.0.0.1:8000'
	@echo 'make test      the whole test suite, on SQLite and PostgreSQL'
	@echo 'make coverage  the same, counting which lines were run'
	@echo 'make check     format, lint, types, import contracts, translations'
	@echo 'make bench     every benchmark beside its peers, in one run'
	@echo 'make fuzz      ten million mutated inputs over all decoders'
	@echo 'make clean     remove everything that install and the tools have made (not var/)'

install: $(VENV)/.installed web/static/vendor/.installed $(CATALOGUES:.po=.mo) system

demo: install
	$(BIN)/sludgetrace demo

test: install system-tests
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal

coverage: install system-tests
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal --cov --cov-report=term:skip-covered

check: install translations
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: install
	$(BIN)/python -m bench all

fuzz: install
	$(BIN)/python -m tests.fuzz

clean:
	rm -rf $(VENV) build dist *.egg-info web/node_modules web/static/vendor reports/fonts
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage .coverage.* htmlcov
	rm -f $(CATALOGUES:.po=.mo)
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# --- environment -------------------------------------------------------------------------------------------------

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo 'Python 3.11 or newer is needed; name one with: make PYTHON=python3.12 …' >&2; exit 1; }
	$(PYTHON) -m venv $(VENV) || \
	  { echo 'on Debian the module venv comes with: apt-get install -y python3-venv' >&2; exit 1; }

$(VENV)/.installed: requirements.lock pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

# The stamp lies in the folder it vouches for: deleting the folder brings the libraries back.
web/static/vendor/.installed: web/package.json web/package-lock.json web/.npmrc web/node.lock web/vendor.py | $(VENV)/.installed
	$(BIN)/python web/vendor.py
	@touch $@

system: | $(VENV)/.installed
	@$(BIN)/python -m cli.system_packages run

system-tests: | $(VENV)/.installed
	@$(BIN)/python -m cli.system_packages run test

# --- translations ------------------------------------------------------------------------------------------------

%.mo: %.po | $(VENV)/.installed
	$(BIN)/pybabel --quiet compile --input-file $< --output-file $@

# Compiles every catalogue anew, so that a placeholder lost in translation fails the check and not a page.
translations: | $(VENV)/.installed
	@for catalogue in $(CATALOGUES); do \
	  $(BIN)/pybabel --quiet compile --input-file "$$catalogue" --output-file "$${catalogue%.po}.mo" || exit 1; \
	done
