"""How the decisions database came to its shape, step by step."""
