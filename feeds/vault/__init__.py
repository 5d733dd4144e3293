"""The vault: the clear values that pseudonyms stand for, encrypted, opened by role and reason, every opening on its books."""
