"""Measures the whole product from outside: a real server, real requests."""
