"""One verb a file: its declaration and how it runs."""
