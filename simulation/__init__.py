"""A fiscal year of a small province, day by day through the real services, and its figures reckoned a second time.

``book``, ``rules``, ``reckoning``, ``post`` and ``judging`` know nothing of the platform: what must come out is worked
out from what people did alone.
"""
