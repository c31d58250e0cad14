"""The custody of a manifest: arrows, guards, checks, timers, content (DOMAIN.md sections 4-6)."""
