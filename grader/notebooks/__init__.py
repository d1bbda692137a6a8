"""What students write in words: explanations of code, and conversations between programs. No kernel runs in here.

Doors, used by other rooms:
    cells           the cells of a notebook, whichever editor saved it
    conversation    tables of messages, and how complete they are
    explanations    explanations of given code, and how complete they are
    rehearsal       a table of messages played against a protocol

Inside, used only here:
    prompts    prompts, and which text answers which
"""
