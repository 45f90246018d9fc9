#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Holds CBOR against docs/format.cddl: as much of RFC 8610 as that file uses.

    cddl.py FILE.cddl RULE FILE...     each FILE is one item that RULE describes
    cddl.py FILE.cddl --not RULE FILE...   none is
    cddl.py FILE.cddl --unused LOG     names of rules that no run wrote into LOG

With CDDL_LOG in the environment the rules that took part are added to that file.
Numbers, texts, ranges, choices, arrays, maps with cuts, groups, occurrences, tags,
.size, .cbor, .regexp, .and. What else the file may hold is an error, not a match.
"""
import io
import os
import re
import sys

import cbor2

TOKEN = re.compile(r'''\s*(?:;[^\n]*|("[^"]*")|(-?\d+)|(\#6\.\d+)|(\.\.)|
    (\.[a-z]+)|(=>|//|[][(){}:,/=?*+])|([A-Za-z_][A-Za-z0-9_-]*))''', re.X)
SIMPLE = {
    "tstr": lambda v: isinstance(v, str),
    "bstr": lambda v: isinstance(v, bytes),
    "int": lambda v: isinstance(v, int) and not isinstance(v, bool),
    "uint": lambda v: isinstance(v, int) and not isinstance(v, bool) and v >= 0,
    "bool": lambda v: isinstance(v, bool),
    "null": lambda v: v is None,
}


def tokens(text):
    out, at = [], 0
    while text[at:].strip():
        found = TOKEN.match(text, at)
        if not found:
            raise SystemExit("not CDDL: " + text[at:at + 40])
        at = found.end()
        out += [t for t in found.groups() if t is not None]
    return out


class Reader:
    """A rule is ("type", ...) or ("group", ...), by the names of the file."""

    def __init__(self, text):
        self.t, self.at, self.rules = tokens(text), 0, {}
        while self.at < len(self.t):
            name = self.take()
            self.take("=")
            if name in self.rules:
                raise SystemExit("twice: " + name)
            self.rules[name] = self.rule()

    def peek(self, n=0):
        return self.t[self.at + n] if self.at + n < len(self.t) else None

    def take(self, wanted=None):
        found = self.peek()
        if found is None or wanted not in (None, found):
            raise SyntaxError("%s, not %s, before %s" % (
                wanted, found, self.t[self.at:self.at + 5]))
        self.at += 1
        return found

    def rule(self):
        start = self.at
        try:
            out = self.type()
            if self.peek() is None or self.peek(1) == "=":
                return out
        except SyntaxError:
            pass
        self.at = start
        self.take("(")
        out = self.group(")")
        return out

    def type(self):
        choices = [self.type1()]
        while self.peek() == "/":
            self.take()
            choices.append(self.type1())
        return choices[0] if len(choices) == 1 else ("choice", choices)

    def type1(self):
        left = self.type2()
        after = self.peek() or ""
        if after == "..":
            self.take()
            return ("range", left, self.type2())
        if after.startswith(".") and after != "..":
            return (self.take(), left, self.type2())
        return left

    def type2(self):
        token = self.take()
        if token.startswith('"'):
            return ("value", token[1:-1])
        if re.fullmatch(r"-?\d+", token):
            return ("value", int(token))
        if token.startswith("#6."):
            self.take("(")
            inner = self.type()
            self.take(")")
            return ("tag", int(token[3:]), inner)
        if token == "(":
            inner = self.type()
            self.take(")")
            return inner
        if token in "[{":
            return ("array" if token == "[" else "map",
                    self.group("]" if token == "[" else "}"))
        if not re.match(r"[A-Za-z]", token):
            raise SyntaxError("a type, not " + token)
        return ("name", token)

    def group(self, end):
        choices = [[]]
        while self.peek() != end:
            if self.peek() == "//":
                self.take()
                choices.append([])
            elif self.peek() == ",":
                self.take()
            else:
                choices[-1].append(self.entry())
        self.take(end)
        return ("group", choices)

    def occurrence(self):
        token, after = self.peek(), self.peek(1)
        if token in ("?", "+", "*"):
            self.take()
            limit = None
            if token == "*" and re.fullmatch(r"\d+", self.peek()) and \
                    self.peek(1) not in ("=>", ":", ","):
                limit = int(self.take())
            return {"?": (0, 1), "+": (1, None), "*": (0, limit)}[token]
        if after == "*" and re.fullmatch(r"\d+", token):
            self.take()
            self.take()
            high = self.peek()
            if re.fullmatch(r"\d+", high):
                return (int(token), int(self.take()))
            return (int(token), None)
        return (1, 1)

    def entry(self):
        low, high = self.occurrence()
        if self.peek() == "(":
            start = self.at
            self.take()
            try:
                return ("entry", low, high, None, self.group(")"), False)
            except SyntaxError:
                self.at = start
        if self.peek(1) == ":":
            word = self.take()
            self.take()
            key = ("value", word.strip('"') if not word.lstrip("-").isdigit()
                   else int(word))
            return ("entry", low, high, key, self.type(), True)
        left = self.type()
        if self.peek() == "=>":
            self.take()
            return ("entry", low, high, left, self.type(), False)
        return ("entry", low, high, None, left, False)


class Judge:
    def __init__(self, rules):
        self.rules, self.used = rules, set()

    def matches(self, t, v):
        return getattr(self, "is_" + t[0].lstrip("."))(t, v)

    def is_name(self, t, v):
        if t[1] in self.rules:
            found = self.matches(self.rules[t[1]], v)
            if found:
                self.used.add(t[1])
            return found
        return SIMPLE[t[1]](v)

    def is_value(self, t, v):
        return type(v) is type(t[1]) and v == t[1]

    def is_choice(self, t, v):
        return any(self.matches(c, v) for c in t[1])

    def is_range(self, t, v):
        return SIMPLE["int"](v) and t[1][1] <= v <= t[2][1]

    def is_tag(self, t, v):
        return isinstance(v, cbor2.CBORTag) and v.tag == t[1] and \
            self.matches(t[2], v.value)

    def is_size(self, t, v):
        if not self.matches(t[1], v):
            return False
        size = len(v.encode() if isinstance(v, str) else v)
        return self.is_range(t[2], size) if t[2][0] == "range" else \
            size == t[2][1]

    def is_regexp(self, t, v):
        pattern = t[2][1].replace("\\p{Cc}", "\\x00-\\x1f\\x7f-\\x9f")
        return self.matches(t[1], v) and re.fullmatch(pattern, v) is not None

    def is_and(self, t, v):
        return self.matches(t[1], v) and self.matches(t[2], v)

    def is_cbor(self, t, v):
        try:
            return self.matches(t[1], v) and self.matches(t[2], load(v))
        except ValueError:
            return False

    def is_array(self, t, v):
        return isinstance(v, list) and any(
            end == len(v) for end in self.run_array(t[1], v, 0))

    def is_map(self, t, v):
        return isinstance(v, dict) and any(
            not left for left in self.run_map(t[1], v, frozenset(v)))

    # Both give every way in which the group can be met: what is left then.

    def group_of(self, t):
        """The group that an entry without a key stands for, or None."""
        if t[0] == "group":
            return t
        if t[0] == "name" and self.rules.get(t[1], ("",))[0] == "group":
            self.used.add(t[1])
            return self.rules[t[1]]
        return None

    def entries(self, choice, once, state):
        """once(entry, state) gives the states after one occurrence."""
        if not choice:
            yield state
            return
        entry, rest = choice[0], choice[1:]
        low, high = entry[1], entry[2]

        def more(state, count):
            if high is None or count < high:
                for after in once(entry, state):
                    if after != state:
                        yield from more(after, count + 1)
            if count >= low:
                yield from self.entries(rest, once, state)
        yield from more(state, 0)

    def run_array(self, group, v, at):
        def once(entry, at):
            inner = self.group_of(entry[4])
            if inner is not None:
                yield from self.run_array(inner, v, at)
            elif at < len(v) and self.matches(entry[4], v[at]):
                yield at + 1
        for choice in group[1]:
            yield from self.entries(choice, once, at)

    def run_map(self, group, v, left):
        for choice in group[1]:
            yield from self.map_entries(choice, v, left)

    def map_entries(self, choice, v, left):
        """An entry takes as many pairs as it can, the earlier ones first."""
        if not choice:
            yield left
            return
        (_, low, high, key, value, cut), rest = choice[0], choice[1:]
        if key is None:
            for after in self.run_map(self.group_of(value), v, left):
                yield from self.map_entries(rest, v, after)
            if low == 0:
                yield from self.map_entries(rest, v, left)
            return
        keys = [k for k in left if self.matches(key, k)]
        good = [k for k in keys if self.matches(value, v[k])]
        if cut and len(good) < len(keys):
            return
        good = good[:high]
        if len(good) >= low:
            yield from self.map_entries(rest, v, left - set(good))


def load(data):
    try:
        stream = io.BytesIO(data)
        item = cbor2.CBORDecoder(stream, tag_hook=lambda d, tag: tag).decode()
    except Exception as e:	# cbor2 has many kinds
        raise ValueError(str(e)) from e
    if stream.tell() != len(data):
        raise ValueError("octets behind it")
    return item


def log(names):
    path = os.environ.get("CDDL_LOG")
    if path:
        with open(path, "a", encoding="ascii") as f:
            f.write("".join(n + "\n" for n in sorted(names)))


def main(args):
    with open(args[0], encoding="utf-8") as f:
        rules = Reader(f.read()).rules
    if args[1] == "--unused":
        with open(args[2], encoding="ascii") as f:
            print("\n".join(sorted(set(rules) - set(f.read().split()))))
        return 0
    wanted = args[1] != "--not"
    rule, *paths = args[1:] if wanted else args[2:]
    wrong, used = 0, set()
    for path in paths:
        with open(path, "rb") as f:
            data = f.read()
        judge = Judge(rules)
        try:
            found = judge.matches(("name", rule), load(data))
        except ValueError:
            found = False
        if found:
            used |= judge.used
        if found != wanted:
            wrong += 1
            print("%s: is %s %s" % (path, "not" if wanted else "a", rule))
    log(used)
    print("%d of %d as wanted" % (len(paths) - wrong, len(paths)))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
