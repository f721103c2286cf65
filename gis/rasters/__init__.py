"""GeoTIFFs: taken in through a process of its own, then read in windows and never whole."""
