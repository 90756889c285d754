"""How fast and how heavy documents are, and whether names come out right."""
