"""Texts on their way out: to files, to the terminal, to GitHub and Classroom 50. What they say is the matter of `reports`."""
