"""ansible/: inventory, variables and a playbook that rolls the other files out, for who has Ansible; nothing here needs it."""
