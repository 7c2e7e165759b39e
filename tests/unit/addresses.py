"""Malformed and well-formed addresses with a password at every place where one can stand."""

from __future__ import annotations

PASSWORD = "CnryHunter2"
"""What must be seen nowhere; half of it neither."""

REDIS = tuple(
    form.replace("PW", PASSWORD)
    for form in (
        "redis://:PW",
        "redis://u:PW",
        "redis://u:PW/0",
        "redis://:PW/0",
        "redis://:PW:6379",
        "redis://:PW:6379/0",
        "redis://u:PW:6379/0",
        "redis://h:6379,password=PW,ssl=False",
        "redis://h:6379;password=PW",
        "redis://h,password=PW",
        "redis://h?password=PW",
        "redis://h/0?password=PW",
        "redis://h:6379/0?password=P@PW",
        "redis://h:6379/0?auth=PW&db=1",
        "redis://h:6379/0#PW",
        "redis://h:PW",
        "redis://h PW",
        "redis://h=PW",
        "redis://h|PW",
        "redis://h/PW",
        "redis://PW@h:6379/0",
        "redis://PW:@h:6379/0",
        "redis://a/PW@h",
        "redis://a?PW@h",
        "redis://a#PW@h",
        "redis://u%3APW@h:6379/0",
        "redis://u;PW@h:6379/0",
        "redis://u：PW@h:6379/0",
        "redis://u:PW＠h:6379/0",
        "redis://PW%40h:6379/0",
        "redis://PW＠h:6379/0",
        "redis://u:a/PW@h:6379/0",
        "redis://u:a#PW@h:6379/0",
        "redis://u:a?PW@h:6379/0",
        "redis://u:a@PW@h:6379/0",
        "redis://u:%zzPW@h:6379/0",
        "redis://u:PW@",
        "redis://u:PW@:6379/0",
        "redis://u:PW@h:70000/0",
        "redis://u:PW@h/abc",
        "redis://u:PW@h1:1,h2:2/0",
        "redis://u:PW@[::1]:6379/0",
        "redis:/u:PW@h:6379/0",
        "redis:///u:PW@h:6379/0",
        "redis:u:PW@h:6379/0",
        "redis//u:PW@h:6379/0",
        "redis:\\\\u:PW@h:6379/0",
        "//u:PW@h:6379/0",
        "u:PW@h:6379/0",
        ":PW@h:6379/0",
        "h:6379,password=PW,ssl=False",
        "valkey://u:PW@h:6379/0",
        "unix:///run/redis.sock?password=PW",
        "redis+sentinel://u:PW@h:26379/main",
        '"redis://u:PW@h:6379/0"',
        "redis://u:PW@h:6379/0 redis://u:PW@h2:6379/0",
    )
)

AMQP = tuple(
    form.replace("PW", PASSWORD)
    for form in (
        "amqp://u:PW/vh",
        "amqp://u:PW",
        "amqp://:PW/vh",
        "amqp://PW@h/vh",
        "amqp://u:PW@h/a/b",
        "amqp://u:PW@h/",
        "amqp://u:a/PW@h/vh",
        "amqp://u:PW@h?heartbeat=5",
        "amqp://h/vh?password=PW",
        "amqp:/u:PW@h/vh",
        "http://u:PW@h:15672",
        "u:PW@h:5672/vh",
    )
)

DATABASE = tuple(
    form.replace("PW", PASSWORD)
    for form in (
        "postgres://u:PW@h:5432/db",
        "postgres://u:PW/db",
        "postgresql://u:PW@h",
        "postgres://me@example.com:PW@h/db",
        "postgres://u：PW@h/db",
        "postgres://u%3APW@h/db",
        "postgres://h/db?user=u&password=PW",
        "mysql://u:PW@h:3306/db",
        "mysql://u:PW",
        "mysql://u:a/PW@h",
        "mariadb://u:PW@h/db",
        "jdbc:postgresql://h:5432/db?user=u&password=PW",
        "jdbc:mysql://u:PW@h/db",
    )
)
