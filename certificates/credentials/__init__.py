"""Certificates as Open Badges 3.0: documents that anybody can check, even without us.

Values in, values out: no model, no setting, no database, no clock, no network.
"""
