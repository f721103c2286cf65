"""Workbooks as cells: every sheet with its values, merged cells and text boxes, read in a confined process."""
