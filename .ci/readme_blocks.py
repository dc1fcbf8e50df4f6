"""Write the first two ```sh blocks of README.md, as printed, to FOLDER/1.sh and FOLDER/2.sh."""

from __future__ import annotations

import re
import sys
from pathlib import Path

WANTED = 2


def main(readme: Path, folder: Path) -> int:
    blocks = re.findall(r"^```sh\n(.*?)^```$", readme.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    if len(blocks) < WANTED:
        sys.stderr.write(f"{readme} has {len(blocks)} sh blocks; {WANTED} are run here\n")
        return 1
    for number, block in enumerate(blocks[:WANTED], 1):
        (folder / f"{number}.sh").write_text(block, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
