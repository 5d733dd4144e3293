"""The officers' console: pages and an interface over the published night, and the database of what officers decide."""
