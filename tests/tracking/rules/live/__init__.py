"""Is the watch that follows fixes one by one quick to tell, and small?"""
