"""Express parcels of the simulated world: from the order to the outcome."""
