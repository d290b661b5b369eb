"""Differences of meaning between a request and its translation, and the losses that account for them."""

import re

from integration.translation.meaning import Meaning, Turn, squeezed

# What a loss may be called, by what is missing.
NAMED = {
    "temperature": "temperature",
    "top_p": "top_?p|topP|^p$",
    "top_k": "top_?k|topK|^k$",
    "max": "max|num_predict",
    "seed": "seed",
    "stop": "stop",
    "frequency": "frequency",
    "choice": "tool_?choice|tool_?config|tool choice",
    "parallel": "parallel|tool_?choice|tool choice",
    "format": "format|schema|mime|output",
    "reasoning": "reason|think|effort",
    "media": "image|audio|file|document|video|media|inline|parts|source|content",
    "result": "content|output|response",
    "tool": "tool|function",
    "system": "position|content|messages|input|instructions",
    "text": "part|content|messages|input",
}

# Where these are in the URL or always so, their absence says nothing.
SILENT = {"stream"}


def differences(before: Meaning, after: Meaning, lost: list[str]) -> list[str]:
    """What the translation does not say, or says beyond, without a loss that accounts for it."""
    found: list[tuple[str, str]] = []
    if joined(before.system) != joined(after.system):
        found.append(("system", f"system {joined(before.system)[:150]!r} became {joined(after.system)[:150]!r}"))
    turns(said(before), said(after), found)
    tool_as_form(before, after)
    for name in before.tools.keys() | after.tools.keys():
        if before.tools.get(name) != after.tools.get(name):
            found.append(("tool", f"tool {name}: {before.tools.get(name)!r} became {after.tools.get(name)!r}"))
    for name in (before.settings.keys() | after.settings.keys()) - SILENT:
        one, other = setting(before, name), setting(after, name)
        # A bound that an API requires.
        if one != other and not (name == "max" and one is None):
            found.append((name, f"{name}: {one!r} became {other!r}"))
    return [text for kind, text in found if not any(re.search(NAMED.get(kind, kind), name, re.I) for name in lost)]


# Tool whose input stands for an answer in a form, where an API or a model takes no schema.
FORM = "json_output"


def tool_as_form(before: Meaning, after: Meaning) -> None:
    """Reads a tool that has to be called as the form that was asked for, where it has its schema."""
    form = before.settings.get("format")
    if form and FORM not in before.tools and after.tools.get(FORM, "").endswith(str(form)):
        if after.settings.get("choice") in ("any", f"tool {FORM}"):
            del after.tools[FORM], after.settings["choice"]
            after.settings["format"] = form
            if "choice" in before.settings:
                after.settings["choice"] = before.settings["choice"]


def setting(meaning: Meaning, name: str) -> object:
    """A setting. To have to call any of one tool is to have to call this one."""
    value = meaning.settings.get(name)
    if name == "choice" and value == "any" and len(meaning.tools) == 1:
        return f"tool {next(iter(meaning.tools))}"
    return value


def joined(texts: list[str]) -> str:
    """Texts as one."""
    return squeezed(" ".join(texts))


def said(meaning: Meaning) -> list[Turn]:
    """The turns that say something; those of one author as one."""
    merged: list[Turn] = []
    for turn in meaning.turns:
        if not (turn.texts or turn.media or turn.calls or turn.results):
            continue
        if merged and merged[-1].author == turn.author:
            last = merged[-1]
            last.texts += turn.texts
            last.media += turn.media
            last.calls += turn.calls
            last.results += turn.results
        else:
            merged.append(Turn(turn.author, [*turn.texts], [*turn.media], [*turn.calls], [*turn.results]))
    return merged


def turns(before: list[Turn], after: list[Turn], found: list[tuple[str, str]]) -> None:
    """Differences of turns, each with its kind."""
    if [turn.author for turn in before] != [turn.author for turn in after]:
        found.append(("text", f"turns {[turn.author for turn in before]} became {[turn.author for turn in after]}"))
        return
    for at, (one, other) in enumerate(zip(before, after, strict=True)):
        if joined(one.texts) != joined(other.texts):
            found.append(("text", f"turn {at}: {joined(one.texts)[:200]!r} became {joined(other.texts)[:200]!r}"))
        if sorted(one.media) != sorted(other.media):
            found.append(("media", f"turn {at}: {one.media} became {other.media}"))
        if one.calls != other.calls:
            found.append(("call", f"turn {at}: {one.calls} became {other.calls}"))
        if sorted(one.results) != sorted(other.results):
            found.append(("result", f"turn {at}: {one.results} became {other.results}"))
