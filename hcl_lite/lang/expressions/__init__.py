"""One text with `${ … }` in it: parsed, and evaluated in a sandbox within limits."""
