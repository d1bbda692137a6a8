"""How results are shown: one module per format, each pure (values in, text out). No files, clock or environment in here."""
