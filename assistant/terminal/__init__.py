"""The terminal: command line, chat loop, slash commands, and the one sanitiser of what is shown."""
