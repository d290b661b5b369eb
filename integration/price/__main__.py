"""Compares the book with litellm: `python -m integration.price`; `scripts/compare-prices` builds what it needs."""

import argparse
import collections
import hashlib
import json
import subprocess
import sys
import time
from pathlib import Path

from integration.price import oracle
from integration.price.differences import RULES, Answer, rule_for
from integration.price.names import ROOT
from integration.price.questions import Question, questions

# So many unexplained answers are shown.
SHOWN = 20


def main() -> None:
    """Asks both, prints every class of difference, and fails where one is unexplained."""
    parser = argparse.ArgumentParser(prog="scripts/compare-prices", description=__doc__)
    parser.add_argument("command", type=Path, help="the native command")
    parser.add_argument("--examples", type=int, default=0, metavar="N", help="show so many answers of each class")
    options = parser.parse_args()
    check_sources()
    asked = list(questions(oracle.TABLE))
    began = time.monotonic()
    ours = answers_of(options.command, asked)
    say(f"{len(asked)} questions; tollgate price: {time.monotonic() - began:.1f} s")
    began = time.monotonic()
    answers = []
    for question, line in zip(asked, ours, strict=True):
        answers.append(Answer(question, line, oracle.cost(question)))
        if len(answers) % 10_000 == 0:
            say(f"litellm: {len(answers)} of {len(asked)}, {time.monotonic() - began:.0f} s")
    say(f"litellm: {time.monotonic() - began:.1f} s")
    raise SystemExit(report(answers, options.examples))


def check_sources() -> None:
    """The book has to be made from the table that this litellm computes with."""
    book = (ROOT / "src/price/book.txt").read_text("utf-8")
    digest = hashlib.sha256(oracle.TABLE_FILE.read_bytes()).hexdigest()[:16]
    if f"sha256:{digest}" not in book:
        sys.exit(
            "error: the book is not made from this litellm's table; "
            "integration/price/requirements.txt names the version that is installed"
        )


def answers_of(command: Path, asked: list[Question]) -> list[dict]:
    """What `tollgate price` says, asked once with all questions."""
    lines = "".join(json.dumps(question.line()) + "\n" for question in asked)
    run = subprocess.run([command, "price"], input=lines, capture_output=True, text=True, check=False)
    if run.returncode != 0:
        sys.exit(f"error: {command} price: {run.stderr}")
    return [json.loads(line) for line in run.stdout.splitlines()]


def report(answers: list[Answer], examples: int) -> int:
    """Prints the counts, and says whether anything is unexplained."""
    agreed = [answer for answer in answers if answer.agrees()]
    classes = collections.defaultdict(list)
    for answer in answers:
        if not answer.agrees():
            classes[rule_for(answer)].append(answer)
    unexplained = classes.pop(None, [])
    print(f"{len(answers)} answers for {len({answer.question.key for answer in answers})} keys")
    print(f"    {len(agreed)} equal, to a part in a thousand million")
    for rule in RULES:
        print(f"    {len(classes[rule])} {rule.name}: {rule.reason}")
        for answer in classes[rule][:examples]:
            print(f"        {shown(answer)}")
    print(f"    {len(unexplained)} unexplained")
    for answer in unexplained[:SHOWN]:
        print(f"        {shown(answer)}")
    idle = [rule.name for rule in RULES if not classes[rule]]
    if idle:
        print(f"rules that explain nothing: {', '.join(idle)}")
    return 1 if unexplained or idle else 0


def shown(answer: Answer) -> str:
    """One answer in one line."""
    question = answer.question
    where = " ".join(word for word in (question.kind, question.tier, question.region) if word)
    ours = answer.ours.get("total") or f"unknown: {answer.ours['unknown']}"
    return f"{question.key} ({where}) {question.usage}: {ours}, litellm {answer.theirs}"


def say(text: str) -> None:
    """Progress, apart from the result."""
    print(f"    {text}", file=sys.stderr, flush=True)


main()
