"""Do phones get in over HTTP, and only as themselves?"""
