"""Pages of custody: drawing up, signing, the gate, the driver's phone, stock."""
