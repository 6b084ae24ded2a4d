"""The platform: people, schools, classes and lessons over HTTP. It reaches a media node only by signed HTTP calls."""
