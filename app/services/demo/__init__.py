"""Demonstration data: one fictional province, made by a seeded generator; nothing in it is copied from anywhere."""

from app.services.demo.faults import Planted
from app.services.demo.generate import Demo, generate, is_empty
from app.services.demo.people import SEED, DemoUser

__all__ = ["SEED", "Demo", "DemoUser", "Planted", "generate", "is_empty"]
