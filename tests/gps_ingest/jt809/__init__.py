"""Is another platform let in by its password only, and each of its positions taken once?"""
