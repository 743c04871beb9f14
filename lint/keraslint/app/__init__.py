"""The shell: the only room that reads files, prints, exits, and looks at the environment."""
