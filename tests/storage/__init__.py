"""The database on both engines: migrations, locks and the fixtures every other test stands on."""
