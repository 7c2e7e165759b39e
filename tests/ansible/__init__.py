"""The playbook, checked by Ansible itself and run over real ssh."""
