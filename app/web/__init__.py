"""Blueprints: the only place that knows a request."""
