# SPDX-License-Identifier: GPL-3.0-or-later
"""Finds what can be broken in one C source of the core: rules, refusals,
conditions, limits.  Reads the house style (a function's name begins a line,
its body stands between `{` and `}` at the margin); it is no C parser."""
import re
from typing import NamedTuple


class Mutant(NamedTuple):
    file: str       # verify/rules.c
    function: str
    kind: str
    text: str       # what is altered, on one line
    start: int      # in the source
    end: int
    new: str

    @property
    def id(self):
        return f"{self.file} {self.function} {self.kind}: {self.text}"


def masked(source):
    """The source with comments and literals blanked, same length."""
    pattern = re.compile(r'/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'',
                         re.S)
    return pattern.sub(lambda m: re.sub(r"[^\n]", " ", m.group()), source)


def functions(code):
    """(name, type, start of the body, its end)"""
    for m in re.finditer(r"^([a-z][\w ]*?\**)\n([a-z]\w*)\((?:[^;{}]*)\)\n\{\n(.*?)^\}",
                         code, re.S | re.M):
        kind = re.sub(r"\b(static|inline) ", "", m.group(1))
        yield m.group(2), kind, m.start(3), m.end(3)


def closing(code, i):
    """Index of the bracket that closes the one at i."""
    depth = 0
    while True:
        if code[i] in "([{":
            depth += 1
        elif code[i] in ")]}":
            depth -= 1
            if depth == 0:
                return i
        i += 1


def operands(code, start, end):
    """Operands of && and || between start and end, also in brackets:
    (start, end, operator)"""
    parts, depth, i, at, op = [], 0, start, start, None
    while i < end:
        c = code[i]
        if c in "([{":
            depth += 1
            if c == "(" and not re.search(r"\w\s*$", code[start:i]):
                close = closing(code, i)
                yield from operands(code, i + 1, close)
        elif c in ")]}":
            depth -= 1
        elif depth == 0 and c == "?":
            return
        elif depth == 0 and code[i:i + 2] in ("&&", "||"):
            op = code[i:i + 2]
            parts.append((at, i, op))
            at, i = i + 2, i + 1
        i += 1
    if op:
        parts.append((at, end, op))
        yield from parts


def refusing(code):
    """Functions of a file or a header that do nothing but refuse."""
    for name, kind, start, end in functions(code):
        body = code[start:end]
        if kind == "enum dv_reason" and re.search(r"DV_R_(?!NONE)", body) and \
                not re.search(r"\b(if|while|for|switch)\b|\?", body):
            yield name


def statement(code, at, start):
    """The text of the statement in which `at` stands, up to it."""
    begin = max(code.rfind(c, start, at) for c in ";{}")
    return code[max(begin + 1, start):at]


def rules_of(code):
    for m in re.finditer(r"^\t\{ (?:DV_STEP_\w+, )?(rule_\w+|\w+_check),.*\n", code, re.M):
        yield m.group(1), "rule", m.start(), m.end(), ""


def places_of(code):
    """In each profile, a kind of certificate that a rule is not asked of."""
    column = r"([A-Z0-9 |]+)"
    for m in re.finditer(rf"^\t\{{ DV_STEP_\w+, (rule_\w+), {column}, {column} \}},$",
                         code, re.M):
        for n in (2, 3):
            places = m.group(n).replace("ALL", "LEAF | CA").split(" | ")
            for place in places:
                rest = " | ".join(p for p in places if p != place) or "0"
                if rest != m.group(n):
                    yield m.group(1), "place", m.start(n), m.end(n), rest


def refusals_of(code, start, end, helpers):
    body = code[start:end]
    for m in re.finditer(r"\bDV_R_(?!NONE\b|INTERNAL\b)[A-Z0-9_]+", body):
        before = statement(code, start + m.start(), start)
        if re.search(r"[=!]=\s*$|\bcase\s*$|\[\s*$", before) or \
                re.match(r"\s*(if \([^;]*\)\s*)?\(void\)", before):
            continue
        yield "refusal", start + m.start(), start + m.end(), "DV_R_NONE"
    for m in re.finditer(r"\b(\w+)\(", body):
        if m.group(1) not in helpers:
            continue
        at = start + m.start()
        if re.search(r"\(void\)\s*$", code[start:at]):
            continue
        close = closing(code, start + m.end() - 1) + 1
        yield "refusal", at, close, f"((void){code[at:close]}, DV_R_NONE)"


def conditions_of(code, start, end):
    for m in re.finditer(r"\bif \(", code[start:end]):
        at = start + m.end()
        close = closing(code, at - 1)
        yield "if", at, close, "0"
        yield from operands_of(code, at, close)


def operands_of(code, start, end):
    for a, b, op in operands(code, start, end):
        yield "operand", a, b, " 1 " if op == "&&" else " 0 "


def returns_of(code, start, end, kind):
    answers = {"bool": ("true", "false"),
               "enum match": ("MATCH_YES", "MATCH_NO")}.get(kind)
    if answers is None:
        return
    for m in re.finditer(r"\breturn ([^;]+);", code[start:end]):
        a, b = start + m.start(1), start + m.end(1)
        for answer in answers:
            if m.group(1) != answer:
                yield "return", a, b, answer
        yield from operands_of(code, a, b)


def limits_of(code, start, end):
    for m in re.finditer(r"\b(?:DV_)?MAX_[A-Z0-9_]+\b", code[start:end]):
        at, stop = start + m.start(), start + m.end()
        if re.search(r"(\[|dv_numbers?\(([^();]*, )?)\s*$", code[start:at]):
            continue
        yield "limit", at, stop, f"({m.group()} + 1)"
        yield "limit", at, stop, f"({m.group()} - 1)"


def mutants(file, source, headers=()):
    """All mutants of one file, each with an id of its own."""
    code = masked(source)
    helpers = {name for text in (code, *map(masked, headers))
               for name in refusing(text)}
    found = [*rules_of(code), *places_of(code)]
    for name, kind, start, end in functions(code):
        for make in (refusals_of(code, start, end, helpers),
                     conditions_of(code, start, end),
                     returns_of(code, start, end, kind),
                     limits_of(code, start, end)):
            found += [(name, *one) for one in make]
    seen = {}
    for function, kind, a, b, new in dict.fromkeys(found):
        text = " ".join(source[a:b].split())
        if kind in ("limit", "place", "return"):
            text += f" -> {' '.join(new.split())}"
        key = (function, kind, text)
        seen[key] = seen.get(key, 0) + 1
        if seen[key] > 1:
            text += f" #{seen[key]}"
        yield Mutant(file, function, kind, text, a, b, new)
