# make serve       run the server; the first time also installs it
# make check       lint, format, types, who-imports-whom, migrations
# make test        check, then the tests on SQLite and on PostgreSQL
# make test-kills  kill processes of a server for long, KILLS times each, on both databases
# make bench       measure everything, and write docs/speed.md
# make bench-quick compare the speed with the parent commit's
# make messages    bring the catalogues of what pages say up to date (locale/)
# make test-tools  install (Debian, as root) the programs that some tests run
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
# A file on one worker, so that a server that its tests share is started once; four workers, since tests of servers wait.
PYTEST := $(BIN)/python -m pytest -n 4 --dist loadfile --no-loadscope-reorder
COUNTED := PYTEST_PLUGINS=tests.lines

# Where Python may not keep what it has compiled, every server and every process of a run would compile it again.
unexport PYTHONDONTWRITEBYTECODE

# Programs from outside PyPI that tests run; without one its tests skip, with CI=1 they fail.
TOOLS := chromium-headless-shell curl ruby ruby-oauth perl libnet-oauth-perl libwww-perl redis-server nginx caddy systemd
TOOLS += gnucash ofx guile-3.0
TOOLS += $(shell command -v npm >/dev/null || echo nodejs npm)

# `make check` and `make test` must not make, nor depend on, the data folder of somebody's own server.
TEST_SETTINGS := DJANGO_SETTINGS_MODULE=tests.settings

.PHONY: serve check types lint compiled test test-kills messages test-tools bench bench-quick
.DEFAULT_GOAL := serve

serve: .venv/served
	@exec $(BIN)/python manage.py serve

check: .venv/tested
	@$(MAKE) --no-print-directory -j2 -O types lint

types:
	$(BIN)/mypy .

lint:
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(TEST_SETTINGS) $(BIN)/python manage.py makemigrations --check --dry-run

# What pytest makes of each file of tests when it is first read, each worker of a run would make for itself.
compiled:
	-@env -u DATABASE_URL $(BIN)/python -m pytest --collect-only -qq >/dev/null

test: .venv/tested
	@$(MAKE) --no-print-directory -j2 -O types lint compiled
	rm -rf .cache/lines
	env -u DATABASE_URL $(COUNTED) $(PYTEST)
	$(BIN)/python -m tests.postgres sh -c '$(COUNTED) $(PYTEST) -m "not once" && $(BIN)/python -m tests.lines'

KILLS ?= 50
test-kills: .venv/tested
	KILLS=$(KILLS) $(BIN)/python -m pytest -q tests/faults/test_killing.py
	KILLS=$(KILLS) $(BIN)/python -m tests.postgres $(BIN)/python -m pytest -q tests/faults/test_killing.py

bench: .venv/tested
	$(BIN)/python -m bench --write

bench-quick: .venv/tested
	$(BIN)/python -m bench.quick

messages: .venv/tested
	$(TEST_SETTINGS) $(BIN)/python -m tests.catalogues

test-tools:
	@command -v apt-get >/dev/null || { echo "not Debian: install these yourself: $(TOOLS)"; exit 1; }
	@test "$$(id -u)" = 0 || { echo "only root may install: sudo make test-tools"; exit 1; }
	apt-get update -q
	DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $(TOOLS)
	mkdir -p .cache/node
	cp tests/clients/oauth/package.json tests/clients/oauth/package-lock.json .cache/node
	npm ci --prefix .cache/node --no-audit --no-fund

# The stamps are younger than what was installed, so a second `make` installs nothing.
.venv/served: requirements.txt | .venv/made
	$(PIP) -r requirements.txt
	@touch $@

.venv/tested: requirements.txt requirements-dev.txt | .venv/made
	$(PIP) -r requirements-dev.txt
	@touch $@

.venv/made:
	@command -v $(PYTHON) >/dev/null || { echo "there is no $(PYTHON) here. Another one: make PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Python 3.11 or newer is needed; $(PYTHON) is `$(PYTHON) --version 2>&1`. Another one: make PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null \
	  || { echo "Python's venv module is missing: apt install python3-venv"; exit 1; }
	$(PYTHON) -m venv .venv
	@touch $@
