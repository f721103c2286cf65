"""Background work: one thin task per service call."""
