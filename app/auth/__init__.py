"""Accounts, roles and policy."""
