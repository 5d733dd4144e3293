"""The ground: declarations, settings, the one Spark session and the only Delta calls."""
