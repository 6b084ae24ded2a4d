"""Style, types and the direction of imports, held like any other property of the program."""
