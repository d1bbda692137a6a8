"""What students write in words: explanations of code, and conversations between programs. No kernel runs in here."""
