"""The long-running edges: devices that keep a connection, brokers and feeds."""
