"""Tests of tickets, certificates and laboratory results."""
