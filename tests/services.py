"""`python -m tests.services`: do the PostgreSQL and the Redis that `make test-services` wants answer? Says so in words."""

import os
import sys

import psycopg
import redis


def main() -> int:
    failed = 0
    database_url, redis_url = os.environ["DATABASE_URL"], os.environ["REDIS_URL"]
    try:
        with psycopg.connect(database_url, connect_timeout=5) as connection:
            version = connection.info.server_version // 10000
            print(f"PostgreSQL {version} answers: the suite runs on it.")
    except psycopg.OperationalError as error:
        failed = 1
        print(f"No PostgreSQL at DATABASE_URL: {error}\n  Start one, or: make test-services DATABASE_URL=postgres://…")
    try:
        redis.Redis.from_url(redis_url, socket_connect_timeout=5).ping()
        print("Redis answers: caches and sessions use it.")
    except redis.RedisError as error:
        failed = 1
        print(f"No Redis at REDIS_URL: {error}\n  Start one, or: make test-services REDIS_URL=redis://…")
    return failed


if __name__ == "__main__":
    sys.exit(main())
