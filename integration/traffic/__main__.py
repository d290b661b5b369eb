"""Plays recorded traffic and shows every difference: `python -m integration.traffic --provider 'openai*'`."""

import argparse
import sys
from fnmatch import fnmatchcase
from pathlib import Path

from integration.traffic.check import differences, told
from integration.traffic.exchange import EXPECTED, RECORDED, recorded
from integration.traffic.play import Harness
from integration.traffic.providers import providers


def main() -> int:
    """Returns the exit code: 1 when something differs, 2 when there is nothing to play."""
    options = _options()
    exchanges = [
        each
        for each in recorded(options.recording, options.expected)
        if fnmatchcase(each.provider, options.provider)
        and fnmatchcase(each.operation, options.operation)
        and (not options.only or any(each.id.startswith(id) for id in options.only))
    ]
    if not exchanges:
        print(f"nothing to play in {options.recording}", file=sys.stderr)
        return 2
    known = providers(exchanges)
    found = []
    with Harness(known.values()) as harness:
        for redacting in (False, True) if options.redaction == "both" else (options.redaction == "on",):
            played = harness.play(exchanges, known, redacting=redacting, tell=print)
            found += [each for each in differences(played) if each not in found]
    if found:
        print(told(found, options.limit))
    print(f"{len(exchanges) - len({each.exchange.id for each in found})} of {len(exchanges)} exchanges as recorded")
    return 1 if found else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m integration.traffic", description=__doc__)
    parser.add_argument("--recording", type=Path, default=RECORDED, help="JSON lines (default: %(default)s)")
    parser.add_argument("--expected", type=Path, default=EXPECTED, help="JSON lines (default: %(default)s)")
    parser.add_argument("--provider", default="*", help="only such providers, as the recorder names them")
    parser.add_argument("--operation", default="*", help="only such operations, as the recorder names them")
    parser.add_argument("--only", action="append", metavar="ID", help="only exchanges whose id begins so")
    parser.add_argument("--redaction", choices=("off", "on", "both"), default="both", help="(default: %(default)s)")
    parser.add_argument("--limit", type=int, default=100, help="differences that are shown (default: %(default)s)")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
