"""Stories of custody: each is told by calls of the programming interface and printed in docs/stories."""
