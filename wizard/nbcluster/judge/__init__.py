"""The rules, by the subject they judge (nocobase.md §1, §4.2, §6, §15); each belongs to the step that names it."""
