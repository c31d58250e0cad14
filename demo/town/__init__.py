"""An invented Jiangnan water town: its water, roads, facilities and their names."""
