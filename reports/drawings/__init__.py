"""What is drawn: maps and charts as SVG, for prints."""
