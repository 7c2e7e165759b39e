"""Tests of the test servers themselves: a fixture that does not work would hide every fault behind it."""
