"""How results become text: one module per format, each pure, values in and text out. No files, clock or environment.

`templates/` has the HTML pages.

Doors, used by other rooms:
    classroom50        what Classroom 50 reads
    formats/           formats of other tools, a module each with a `render`
    github             what GitHub Actions shows
    gradebook          CSV, one row per student and assignment
    html               pages of feedback, and the overview of a class
    json_report        the JSON report, and results on their way from a session
    markdown           feedback on one submission
    terminal           the table of a class
    text               text of strangers, made inert and visible
    transcript_view    a transcript as rows that a person can read
    watch_screen       the one screen of `grader watch`
    wording            words, symbols and numbers that all reports share

Inside, used only here:
    difference           two byte strings, and where they differ
    mermaid              a transcript as a diagram in Markdown
    svg                  a transcript as a diagram in HTML
    terminal_feedback    one student's feedback
"""
