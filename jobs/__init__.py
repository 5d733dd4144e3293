"""The walk: one thin file a step, and what keeps a run safe: lease, journal, manifest."""
