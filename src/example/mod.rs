//! The built-in example: a figure made by our own generator, and its character sheet.
