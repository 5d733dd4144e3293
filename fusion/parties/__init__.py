"""Parties: who records name, and which names are one party, by record linkage that grows night by night."""
