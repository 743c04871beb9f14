"""What the rules find in code that others wrote, and how much of it is true."""
