"""Make build/types/ad: the package as it is installed, of links, for mypy and pyright.

They cannot follow the mapping of folders in pyproject.toml. Run as `python -m tests.type_links`, then `mypy`.
"""

from __future__ import annotations

import shutil

from tests.tree import ROOT, folders


def main() -> None:
    types = ROOT / "build" / "types"
    shutil.rmtree(types, ignore_errors=True)
    links = types / "ad"
    links.mkdir(parents=True)
    mapped = folders()
    for entry in mapped.pop("ad").iterdir():
        if entry.name != "__pycache__":
            (links / entry.name).symlink_to(entry)
    for package, folder in mapped.items():
        (links / package.removeprefix("ad.")).symlink_to(folder)


if __name__ == "__main__":
    main()
