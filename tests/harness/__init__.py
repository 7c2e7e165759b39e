"""Tests of the test servers themselves: a fixture that proves nothing would hide every fault behind it."""
