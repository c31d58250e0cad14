"""Is MQTT taken in through a real Mosquitto, whatever is killed?"""
