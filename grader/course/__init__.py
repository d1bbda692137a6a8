"""What an author wrote: assignments, late policy, wrong submissions, templates, and the lint on all of it."""
