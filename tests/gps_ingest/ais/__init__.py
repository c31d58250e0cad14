"""Is every AIS sentence read as its standard means it, and only our vessels kept?"""
