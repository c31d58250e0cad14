"""JT/T 808, how terminals on Chinese trucks speak: frames, locations, what else they report, answers."""
