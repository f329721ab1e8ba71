# The site's commands. Only Python 3.11+, git and make are assumed; everything else comes into .venv and var/.
#
#   make demo            the site with its demo network on http://localhost:8000, nothing else to start
#   make demo-reset      throw the demo network away (var/)
#   make test            the whole suite, on SQLite
#   make test-services   the whole suite, on PostgreSQL and Redis
#   make quality         style, layers, types, migrations, deployment checks, HTML
#   make soak            a bad day for two announcements to 1,500 people: kills, a stopped Redis, a moody relay (10 minutes)
#   make bench           what each page and an announcement to 1,500 people cost, as ratios, on PostgreSQL, Redis and nginx
#   make bench-memory    what a deposit of 500 MB takes in memory
#   make screenshots     the README's pictures, taken from the demo network; the main mails, to be looked at, in var/mails
#   make migrations      write the migrations of changed models
#   make lock            pin requirements/*.in again

PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 8000
WORKERS ?= auto
DATABASE_URL ?= postgres://postgres@127.0.0.1:5432/postgres
REDIS_URL ?= redis://127.0.0.1:6379/0

VENV := .venv
BIN := $(VENV)/bin
ROOMS := extranet region pages panels meetings documents acknowledgements notifications search spaces directory accounts mail
EMBEDDED := env -u DATABASE_URL -u REDIS_URL DJANGO_SETTINGS_MODULE=extranet.settings.embedded
SERVICES := DATABASE_URL=$(DATABASE_URL) REDIS_URL=$(REDIS_URL)
PIP := $(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes --only-binary :all:
# Values that satisfy the production settings while nothing is served.
PRODUCTION := DJANGO_SETTINGS_MODULE=extranet.settings.production SECRET_KEY=quality-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGH \
	ALLOWED_HOSTS=extranet.example SITE_URL=https://extranet.example MAIL_REPLY_TO=animation@extranet.example DATABASE_URL=postgres://127.0.0.1/extranet REDIS_URL=redis://127.0.0.1

.PHONY: demo demo-reset test test-services quality soak bench bench-memory screenshots migrations lock tools venv-base venv-dev

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Python 3.11 or later is needed: make PYTHON=/path/to/python3.11 …"; exit 1; }
	@echo "Creating the virtual environment in $(VENV)…"
	@$(PYTHON) -m venv $(VENV)

# A copy of what was installed tells whether to install again. dev.txt holds all of base.txt.
venv-base: $(BIN)/python
	@cmp -s requirements/base.txt $(VENV)/base.installed || cmp -s requirements/dev.txt $(VENV)/dev.installed || { \
		echo "Installing what the site needs (a minute or two, the first time)…"; \
		$(PIP) -r requirements/base.txt && cp requirements/base.txt $(VENV)/base.installed; }

venv-dev: $(BIN)/python
	@cmp -s requirements/dev.txt $(VENV)/dev.installed || { \
		echo "Installing what the tests need (a minute or two, the first time)…"; \
		$(PIP) -r requirements/dev.txt && cp requirements/dev.txt $(VENV)/dev.installed && rm -f $(VENV)/base.installed; }

demo: venv-base
	@$(EMBEDDED) SITE_URL=http://localhost:$(PORT) $(BIN)/python manage.py prepare_demo --port $(PORT)
	@if $(BIN)/python -c "import granian" 2>/dev/null; then \
		exec $(EMBEDDED) SITE_URL=http://localhost:$(PORT) $(BIN)/granian --interface wsgi --host $(HOST) --port $(PORT) \
			--workers 1 --blocking-threads 4 --log-level warning --no-ws extranet.wsgi:application; \
	else \
		exec $(EMBEDDED) SITE_URL=http://localhost:$(PORT) $(BIN)/python manage.py runserver --noreload $(HOST):$(PORT); \
	fi

demo-reset:
	@rm -rf var/extranet.sqlite3* var/media var/documents var/documents-derived var/mail
	@echo "The demo network is gone; « make demo » makes it anew."

test: venv-dev
	@env -u DATABASE_URL -u REDIS_URL $(BIN)/python -m pytest -q -n $(WORKERS) --dist worksteal $(ARGS)

test-services: venv-dev
	@$(SERVICES) $(BIN)/python -m tests.services
	@$(SERVICES) $(BIN)/python -m pytest -q -n $(WORKERS) --dist worksteal -m 'not markup' $(ARGS)

quality: venv-dev tools
	@PATH="$(CURDIR)/$(BIN):$$PATH" PRODUCTION='$(PRODUCTION)' ROOMS='$(ROOMS)' sh deploy/quality.sh

# The Nu HTML checker and ical.js, used by their tests when they are there.
tools:
	@sh deploy/get_tools.sh

soak: venv-dev
	@DATABASE_URL=$(DATABASE_URL) $(BIN)/python -m tests.soak

bench: venv-dev
	@$(SERVICES) $(BIN)/python -m bench
	@$(SERVICES) $(BIN)/python -m bench.fanout

bench-memory: venv-dev
	@$(SERVICES) $(BIN)/python -m bench.upload_memory

screenshots: venv-dev
	@$(BIN)/python -m tests.screenshots
	@$(BIN)/python -m tests.mail_pictures

migrations: venv-dev
	@env -u DATABASE_URL -u REDIS_URL DJANGO_SETTINGS_MODULE=extranet.settings.test $(BIN)/python manage.py makemigrations

lock: venv-dev
	@for name in base dev; do \
		$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-emit-index-url \
			--no-emit-find-links --custom-compile-command "make lock" $(UPGRADE) requirements/$$name.in -o requirements/$$name.txt || exit 1; \
	done
