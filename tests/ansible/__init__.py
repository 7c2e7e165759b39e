"""The playbook as Ansible judges it, and as it rolls out over real ssh."""
