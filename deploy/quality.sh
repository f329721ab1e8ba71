#!/bin/sh
# Everything `make quality` asks. Every check runs, even after one has failed; the last lines say which did.
set -u
failed=""

check() {
    title=$1
    shift
    printf '%s\n' "— $title"
    "$@" || failed="$failed
  ✗ $title"
}

embedded() { env -u DATABASE_URL -u REDIS_URL "$@"; }

check "style (ruff check)" ruff check --quiet .
check "format (ruff format)" ruff format --check --quiet .
check "templates (djlint)" djlint --lint --quiet templates
check "layers (import-linter)" embedded lint-imports --no-cache
check "types (mypy on policy, queries, actions, tasks)" embedded mypy $(git ls-files -co --exclude-standard '*/policy/*.py' '*/enums.py' '*/queries.py' '*/actions.py' '*/actions/*.py' \
    '*/queries/*.py' '*/tasks.py' '*/plan.py' region/reading.py documents/storage.py extranet/headers.py)
check "security (bandit)" bandit --quiet -c pyproject.toml -ll -r $ROOMS bench
check "models match migrations" embedded env DJANGO_SETTINGS_MODULE=extranet.settings.test python manage.py makemigrations --check --dry-run
check "linear migrations, system checks" embedded env DJANGO_SETTINGS_MODULE=extranet.settings.test python manage.py check --fail-level WARNING
check "production (check --deploy)" env $PRODUCTION python manage.py check --deploy --fail-level WARNING
check "docker-compose.yml (Compose specification)" check-jsonschema --quiet --builtin-schema vendor.compose-spec docker-compose.yml

if [ -n "$failed" ]; then
    printf '\nQuality: not yet.%s\n' "$failed"
    exit 1
fi
printf '\nQuality: all checks pass.\n'
