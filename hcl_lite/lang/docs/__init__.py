"""Documentation generated from the declarations of providers: reference pages, and the JSON Schema."""
