"""Property tests on a shared machine: no deadline, and the same examples each time."""

from hypothesis import settings

settings.register_profile("formats", deadline=None, derandomize=True)
settings.load_profile("formats")
