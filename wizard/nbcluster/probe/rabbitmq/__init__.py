"""What is looked at in a RabbitMQ broker."""
