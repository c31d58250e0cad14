"""Is every NMEA 0183 sentence read as its standard means it, from known devices only?"""
