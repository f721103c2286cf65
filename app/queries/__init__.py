"""Read side: functions(session, ...) returning frozen dataclasses or rows."""
