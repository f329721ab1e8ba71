# Everything that comes from a network is fetched in the first stage, by pip, pinned and verified by fingerprint
# (requirements/base.txt). The second stage holds no compiler, no pip cache, and runs as a user who owns nothing.

FROM python:3.11-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /venv
ENV PATH=/venv/bin:$PATH
COPY requirements/base.txt /tmp/base.txt
RUN pip install --require-hashes --only-binary :all: -r /tmp/base.txt
COPY . /app
WORKDIR /app
# Static files are collected once, compressed and named after their content. The values are placeholders: nothing is served.
RUN DJANGO_SETTINGS_MODULE=extranet.settings.production STATIC_ROOT=/app/staticfiles SECRET_KEY=build ALLOWED_HOSTS=build \
    SITE_URL=https://build.example MAIL_REPLY_TO=build@build.example DATABASE_URL=postgres://build/build REDIS_URL=redis://build \
    python manage.py collectstatic --noinput --verbosity 0 \
    && python -m compileall -q /app

FROM python:3.11-slim-bookworm
RUN groupadd --gid 10001 extranet \
    && useradd --uid 10001 --gid 10001 --no-create-home --shell /usr/sbin/nologin extranet \
    && install -d -o 10001 -g 10001 -m 0750 /data /data/media /data/documents /data/derived \
    && install -d -o 10001 -g 10001 -m 0770 /envois
COPY --from=build /venv /venv
COPY --from=build /app /app
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 HOME=/tmp \
    DJANGO_SETTINGS_MODULE=extranet.settings.production STATIC_ROOT=/app/staticfiles
WORKDIR /app
USER 10001:10001
VOLUME /data
EXPOSE 8000
CMD ["granian", "--interface=wsgi", "--host=0.0.0.0", "--port=8000", "--workers=2", "--blocking-threads=2", "--no-ws", "extranet.wsgi:application"]
