"""Cases: what people do to follow up findings, one verb a file (DOMAIN.md section 2)."""
