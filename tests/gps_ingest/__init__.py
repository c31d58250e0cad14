"""Tests of gps_ingest."""
