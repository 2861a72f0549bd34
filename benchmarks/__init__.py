"""What was measured beside what people use today: `make bench`."""

import os

# What runs here starts as an installed program does: with the byte code of the run before.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
