"""Random programs: drawn well-typed, run, and differentiated in every mode (see `grammar`, `oracle`, `planted`)."""
