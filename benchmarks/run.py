"""Every published figure, measured here and now: `python -m benchmarks.run [messages] [calls] [speech] [--quick]`.

What is measured runs on one core, the load and its peers on another, and a floor is measured in the same run; see
README.md in this folder.
"""

import argparse
import os

from benchmarks import calls, messages, understanding
from benchmarks.server import LOAD_CORE

FIGURES = ("messages", "calls", "speech")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("figures", nargs="*", metavar=" | ".join(FIGURES), help="all, unless named")
    parser.add_argument("--quick", action="store_true", help="a tenth of the messages, no million rows")
    parser.add_argument("--messages", type=int, default=20_000)
    options = parser.parse_args()
    chosen = options.figures or FIGURES
    if unknown := set(chosen) - set(FIGURES):
        parser.error(f"there are no figures called {', '.join(sorted(unknown))}")
    os.sched_setaffinity(0, {LOAD_CORE})
    if "messages" in chosen:
        messages.measure(options.messages // 10 if options.quick else options.messages, quick=options.quick)
    if "calls" in chosen:
        calls.measure()
    if "speech" in chosen:
        understanding.measure()


if __name__ == "__main__":
    main()
