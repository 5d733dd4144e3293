"""Configuration files shipped with Haechi."""
