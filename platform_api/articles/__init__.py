"""Articles: written as typed blocks, published in a school or a class."""
