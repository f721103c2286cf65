"""Plan forms as Excel workbooks: written in the official layout, read back cell by cell, other people's read too."""
