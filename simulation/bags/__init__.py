"""Passengers' bags of the simulated world: from the check-in to the outcome."""
