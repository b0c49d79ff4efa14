"""watch: a plan, or an apply to a development server, after each change of a file.

model     what is asked for, and what is told of each round
places    which directories are watched, and which files in them are a run's own
files     changes of files, by the system's notices (watchfiles)
watch     the rounds
"""
