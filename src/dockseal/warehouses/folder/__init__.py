"""Folder: orders go out as CSV files, and tracking comes back as CSV files, by a directory or SFTP.

Every column is in docs/folder.md.
"""

from dockseal.warehouses.folder.adapter import Folder

__all__ = ["Folder"]
