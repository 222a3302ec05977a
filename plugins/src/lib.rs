//! Protocols and rules declared in Starlark files.
