"""The decisions database: accounts, claims, decisions, and the audit of every change."""
