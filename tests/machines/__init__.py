"""What only a whole machine can show: a booted systemd, a real Docker, helm. Run as root by ``make test-machines``, not by ``make test``."""
