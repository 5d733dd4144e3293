"""Expectations: what declared tables promise, held by Great Expectations over what arrived."""
