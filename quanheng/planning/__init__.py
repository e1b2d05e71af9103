"""The batch plan with the highest total fit that keeps every rule, with its proof or its honest gap.

numpy, HiGHS and OR-Tools; no Django. `solve` is the one entry; docs/planning.md says what "proved" means.
Method: vacancy chains as the chains of kidney exchange (position-indexed, PICEF: Dickerson et al. 2016).
"""
