"""What can be seen on the map: one declaration per layer."""
