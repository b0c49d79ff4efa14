"""What is generated from the types that providers declare: reference pages, and the JSON Schema."""
