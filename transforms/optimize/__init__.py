"""Passes from normal form to normal form that make the derivative shorter and faster."""
