"""What does a vehicle that is watched fix by fix do just now?"""
