"""Sheets of records as files: written as workbooks, read back cell by cell, other people's tables read too."""
