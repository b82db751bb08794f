"""Modules of the apps: their patches."""
