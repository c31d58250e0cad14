"""From fixes and paper to findings: rules, operations."""
