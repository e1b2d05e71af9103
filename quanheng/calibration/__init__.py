"""Scores that can be compared: what each person would score before the same raters, how surely, and why that differs.

numpy and scipy, no Django. `calibrate` is the one entry; docs/calibration.md says what it claims and what it does not.
"""
