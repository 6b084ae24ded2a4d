"""People: signing in and out, who I am."""
