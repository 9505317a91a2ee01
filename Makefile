# The doors for people at a shell. `make` alone lists them.
PORT ?= 8050
DATA ?= .demo
ROWS ?= 100000
PY := .venv/bin/python
# Without its byte code every process compiles the libraries again: four seconds of each start.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help demo setup setup-test test soak lint format bench shots lock clean

help: ## this list
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 18

demo: setup ## the demo city at http://127.0.0.1:8050 (PORT=…, DATA=…)
	@exec .venv/bin/yizhan demo --port $(PORT) --data $(DATA)

test: setup-test lint ## lint, then the whole suite on SQLite and on PostgreSQL
	@exec scripts/test.sh

soak: setup-test ## the long forms of the tests: 200 kills a database, many random histories, five whole cities (an hour and a half)
	@exec scripts/soak.sh

lint: setup-test ## style, types, import directions
	@exec scripts/lint.sh

format: setup-test ## rewrite imports and simple style errors
	@$(PY) -m ruff check --fix --quiet .

bench: setup-test ## figures of speed as JSON: indicators, then clicks in a browser (ROWS=100000)
	@.venv/bin/yizhan bench indicators --rows $(ROWS) --json
	@.venv/bin/yizhan bench web --rows $(ROWS) --json

shots: setup-test ## pictures of every page into shots/ (1920x1080, 1440x900, 390x844)
	@exec $(PY) scripts/shots.py --out shots --data $(DATA)

lock: setup-test ## resolve pyproject.toml anew into the two lock files
	@exec scripts/lock.sh

setup:
	@sh scripts/setup.sh run

setup-test:
	@sh scripts/setup.sh test

clean: ## remove the environment, the demo city and caches
	rm -rf .venv .demo shots .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build ./*.egg-info
