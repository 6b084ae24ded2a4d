"""Files: a person's cloud, the sections of schools and classes, uploads and downloads."""
