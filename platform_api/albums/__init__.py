"""Photo and video reports, and the feed of what is posted."""
