# SPDX-License-Identifier: GPL-3.0-or-later
"""The cases as they are collected, and the text of their `expect` files."""
from x509 import NOW

cases = {}	# "kind/reason--variant" -> {file name: bytes}
anchors = set()	# SubjectPublicKeyInfo of every anchor


def place(obj, mark):
    """`offset` value for a mark: its octets, as first-last or one number.

    A mark of no octets, and "+name", mean what should follow there: the place
    just behind the named element counts as well.
    """
    behind = mark.startswith("+")
    first, end = obj.span(mark.lstrip("+"))
    last = end if behind or end == first else end - 1
    return str(first) if first == last else "%d-%d" % (first, last)


def add(kind, reason, variant, files, why, **expect):
    folder = "%s/%s--%s" % (kind, reason or "accepted", variant)
    if folder in cases:
        raise SystemExit("two cases named " + folder)
    lines = ["status=" + ("rejected" if reason else "accepted")]
    if reason:
        lines.append("reason=" + reason)
    for k in sorted(expect):
        if expect[k] is not None:
            lines.append("%s=%s" % (k, expect[k]))
    out = {n: b.data if hasattr(b, "data") else bytes(b)
           for n, b in files.items()}
    out["expect"] = ("\n".join(lines) + "\n").encode()
    out["why"] = (" ".join(why.split()) + "\n").encode()
    cases[folder] = out


def numbered(name, certs):
    """NAME1.der and so on."""
    return {"%s%d.der" % (name, i): c.der for i, c in enumerate(certs, 1)}


def signed(kind, variant, why, files, whole, reason=None, field=None, at=None,
           roots=(), expect=None):
    """A signed object, refused at itself, or good until the leaf's last second."""
    anchors.update(c.key.spki.data for c in roots)
    more = {"time": NOW}
    if reason:
        more["object"] = "envelope"
    else:
        more["good_until"] = "2035-01-01T00:00:00Z"
    more.update(expect or {})
    if at is not None:
        more["offset"] = at if at[0].isdigit() else place(whole, at)
    add(kind, reason, variant, {**files, **numbered("anchor", roots)}, why,
        field=field, **more)


def chain(variant, leaf, pile, roots, why, reason=None, at=None, crls=(),
          **expect):
    """at: (cert, mark). The path is leaf, then the pile, then the anchor."""
    files = {"leaf.der": leaf.der if hasattr(leaf, "der") else leaf}
    for i, c in enumerate(pile, 1):
        files["i%d.der" % i] = c.der if hasattr(c, "der") else c
    for i, c in enumerate(roots, 1):
        files["anchor%d.der" % i] = c.der
        anchors.add(c.key.spki.data)
    for i, c in enumerate(crls, 1):
        files["crl%d.der" % i] = c.der
    expect.setdefault("time", NOW)
    if at:
        expect["offset"] = place(*at)
    if reason and "index" in expect:
        expect.setdefault("object", "certificate")
    if not reason and "good_until" not in expect:
        expect["good_until"] = min(
            c.end for c in [leaf, *pile, *roots] if hasattr(c, "end"))
    add("chain", reason, variant, files, why, **expect)


def cert(variant, c, why, reason=None, field=None, at=None, **expect):
    der = getattr(c, "der", c)
    if at is not None:
        expect["offset"] = at if at[0].isdigit() else place(der, at)
    add("cert", reason, variant, {"cert.der": der}, why, field=field, **expect)
