"""From text to IR: files and notebooks, positions, lowering from libcst, directives in comments."""
