"""ansible/: inventory, variables and a playbook that rolls the other files out, for users of Ansible; nothing else needs it."""
