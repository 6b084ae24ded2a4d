"""Pictures of files: made by a process for each, with limits of memory and time, since files are strangers'."""
