"""Fusion: records of all feeds become shipments, parties, one timeline, contradictions and labels."""
