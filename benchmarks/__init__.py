"""One file a claim of speed; each prints a ratio against a named peer or limit, in one run."""
