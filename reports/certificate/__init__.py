"""The traceability certificate 追溯凭证 of one manifest."""
