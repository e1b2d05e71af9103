# demo and test are the two commands of the README; check is lint and the fast part of test.
BIN := .venv/bin
DEMO := QUANHENG_DATA=$(CURDIR)/var/demo QUANHENG_DEMO=1
FAST := not slow and not browser and not postgres
ALONE := tests/census tests/insight tests/ledger
PURE := --ignore=tests/calibration --ignore=tests/formats --ignore=tests/planning

.PHONY: help demo test check lint bench mission dev messages screenshots test-sqlite test-postgres format clean

.NOTPARALLEL:

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "make %-14s %s\n", $$1, $$2}' Makefile

demo: ## install, make the synthetic city once, serve it on http://127.0.0.1:8000 (no root, no apt)
	@tools/bootstrap demo
	@$(DEMO) $(BIN)/quanheng demo
	@exec env $(DEMO) $(BIN)/quanheng serve

dev: ## .venv with the tools of development
	@tools/bootstrap dev

check: lint ## all before a commit: lint and the fast tests (3 minutes)
	$(BIN)/pytest -n 2 -m "$(FAST)"

lint: dev ## format, lint, layers, types, deployment, migrations
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/mypy
	@tools/check-django

test: dev ## everything, on SQLite and on PostgreSQL; as root installs what it needs from apt
	@tools/test-needs
	@$(MAKE) --no-print-directory test-sqlite test-postgres

test-sqlite: ## all but what only PostgreSQL can show, then the coverage floor
	$(BIN)/pytest -n 2 -m "not postgres" --cov --cov-report=
	@tools/coverage-floor

test-postgres: ## all that may ask a database but the browser stories, beside a throw-away PostgreSQL
	tools/with-postgres $(BIN)/pytest -m "alone and not browser" $(ALONE)
	tools/with-postgres $(BIN)/pytest -n 2 -m "not browser and not alone" $(PURE)

bench: dev ## every claim of speed: a ratio against a named peer or limit
	@failed=0; for file in benchmarks/[!_]*.py; do $(BIN)/python -m "benchmarks.$$(basename "$$file" .py)" || failed=1; done; exit $$failed

mission: dev ## the table of mechanisms, their state and the stories that carry them
	@$(BIN)/python -m tools.mission

messages: dev ## gather what is to be translated, compile the English catalogue (needs gettext)
	@tools/messages

screenshots: dev ## pictures of the README, from the city that `make demo` serves (needs Chromium)
	@$(BIN)/python -m tools.readme_pictures

format: dev ## mend layout and what ruff can mend by itself
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean: ## remove what the commands above made, the demo city included
	rm -rf .venv .uv .mypy_cache .ruff_cache .import_linter_cache .hypothesis .coverage htmlcov var/demo
