"""Checks of a RabbitMQ broker."""
