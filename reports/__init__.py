"""What is handed over: facts collected, rendered and printed."""
