"""One module for each command, named as the command is, with a click command called `command`."""
