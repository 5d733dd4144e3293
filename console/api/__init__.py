"""The JSON API, /api/v1: keys instead of sessions, the same roles, the same desk; its OpenAPI is at /api/v1/openapi.json."""
