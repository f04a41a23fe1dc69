"""A sweep: `python -m tests.generator --seed 1 --count 2000 --jobs 2`."""

from tests.generator.sweep import main

if __name__ == "__main__":
    main()
