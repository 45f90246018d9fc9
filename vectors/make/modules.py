# SPDX-License-Identifier: GPL-3.0-or-later
"""Kind wasm: modules that carry their signatures (docs/FORMAT.md)."""
import hashlib

import corpus
from der import B, cat
from envelopes import I, R, SIGNER, Envelope, tstr
from cbor import num
from x509 import NOW, make

NAME = b"devsign.cose"
MAGIC = b"\0asm\1\0\0\0"


def leb(n, octets=1):
    """At least so many octets."""
    out = b""
    while n > 127 or octets > 1:
        out += bytes([128 | n & 127])
        n, octets = n >> 7, octets - 1
    return out + bytes([n])


def section(number, body, octets=1):
    return cat(bytes([number]), B(leb(len(body), octets)).mark("size"), body)


def custom(name, body=b"", octets=1, said=None):
    """said: the length that is written, when it is not the name's."""
    size = leb(len(name) if said is None else said, octets)
    return section(0, cat(B(size).mark("length"), B(name).mark("name"), body))


# f() = 42, exported; and a section of another tool
SECTIONS = [section(1, b"\1\x60\0\1\x7f"), section(3, b"\1\0"),
            section(7, b"\1\1f\0\0"), section(10, b"\1\4\0\x41\x2a\x0b"),
            custom(b"producers", b"\0")]


def plain(*parts):
    return cat(MAGIC, *[B(p.data) for p in SECTIONS], *parts)


def envelope(signed, hashed="sha256", **part):
    digest = hashlib.new(hashed, signed.data).digest()
    return Envelope(payload=digest, hashed=hashed, **part).der


def signature(signed, size=1, length=1, **part):
    """The section, its head in so many octets."""
    body = cat(leb(len(NAME), length), NAME,
               B(envelope(signed, **part).data).mark("envelope"))
    return section(0, body, size).mark("section")


def case(variant, why, module, reason=None, field=None, at=None, roots=(R,),
         **expect):
    files = {"module.wasm": module}
    for i, c in enumerate(roots, 1):
        files["anchor%d.der" % i] = c.der
        corpus.anchors.add(c.key.spki.data)
    more = {"time": NOW}
    if reason:
        more["object"] = "artefact"
    more.update(expect)
    if at is not None:
        more["offset"] = at if at[0].isdigit() else corpus.place(module, at)
    corpus.add("wasm", reason, variant, files, why, field=field, **more)


def good():
    m = plain()
    case("one", "one signature behind the module", cat(m, signature(m)),
         flips=1)
    for hashed in ("sha384", "sha512"):
        case(hashed, "the envelope names " + hashed,
             cat(m, signature(m, hashed=hashed)), flips=7)
    two = make("leaf", "unit-2", I, exts=SIGNER)
    ones = signature(m)
    twos = signature(m, leaf=two, claims={1: tstr("unit-2")})
    case("two", "two devices, each over the module without both",
         cat(m, ones, twos), flips=13)
    case("first", "signatures before everything else",
         cat(MAGIC, ones, twos, *SECTIONS), flips=29)
    case("between", "a signature between two sections",
         cat(MAGIC, *SECTIONS[:2], ones, *SECTIONS[2:]), flips=29)
    bare = cat(MAGIC)
    case("bare", "a module of no sections", cat(bare, signature(bare)),
         flips=29)
    padded = cat(m, section(0, b"\1x", 5))
    case("padded-other", "WebAssembly Core 5.2.2: another tool writes sizes "
         "in five octets", cat(padded, signature(padded)), flips=29)
    upper = cat(m, custom(b"DEVSIGN.cose", b"x"))
    case("other-name", "the name is compared octet by octet",
         cat(upper, signature(upper)), flips=29)
    longer = cat(m, custom(NAME + b"x", b"x"), custom(NAME[:-1], b"x"))
    case("longer-name", "a name that begins so, and one that ends too early",
         cat(longer, signature(longer)), flips=29)
    case("signatures-8", "docs/LIMITS.md: eight signatures",
         cat(m, *[signature(m, claims={6: num(1777593600 + i)})
                  for i in range(8)]), flips=499)
    case_name(255)
    case("octets-262144", "docs/LIMITS.md: a section as large as an envelope "
         "may be; this one holds zeros", cat(m, custom(NAME, bytes(262144))),
         "envelope-tag", "envelope", "0", object="envelope")


def case_name(octets, **refused):
    m = cat(plain(), custom(b"n" * octets))
    case("name-%d" % octets, "docs/LIMITS.md: octets of a section's name",
         cat(m, signature(m)), **refused)


def form():
    m = plain()
    whole = cat(m, signature(m))
    end = len(m)
    case("octets-262145", "docs/LIMITS.md: a section larger than an envelope "
         "may be", cat(m, custom(NAME, bytes(262145)).mark("section")),
         "input-too-big", "signature section", str(end))
    case("signatures-9", "docs/LIMITS.md: nine signatures",
         cat(m, *[B(signature(m).data)] * 8, signature(m)), "limit",
         "signature section", "section")
    case_name(256, reason="limit", field="section",
              at=str(end + 3))
    case("empty", "no octets at all", B(), "input-empty", "module", "0")
    case("text", "WebAssembly Core 5.5.16: another kind of file",
         B(b"#!/bin/sh\n"), "wasm-magic", "module", "0")
    case("capital", "WebAssembly Core 5.5.16: one octet of the magic",
         B(b"\0asM" + whole.data[4:]), "wasm-magic", "module", "3")
    case("version-2", "WebAssembly Core 5.5.16: version 2",
         B(b"\0asm\2" + whole.data[5:]), "wasm-version", "module", "4")
    case("component", "a component: version 13, layer 1",
         B(b"\0asm\r\0\1\0"), "wasm-version", "module", "4")
    case("magic", "the file ends inside its version",
         B(whole.data[:6]), "wasm-truncated", "module", "0")
    case("cut", "the last octet is missing", B(whole.data[:-1]),
         "wasm-truncated", "section", str(end))
    case("head", "the file ends inside the size of a section",
         cat(m, b"\0\x80"), "wasm-truncated", "section", str(end))
    case("id", "the file ends behind the id of a section",
         cat(m, b"\1"), "wasm-truncated", "section", str(end))
    case("size-past-end", "a size past the end of the file",
         cat(m, b"\0\xff\xff\xff\xff\x0f\4note"), "wasm-truncated", "section",
         str(end))
    case("name-cut", "the file ends inside a name",
         cat(m, b"\0\x0d\x0cdevsign"), "wasm-truncated", "section", str(end))
    case("size-octets-6", "WebAssembly Core 5.2.2: a size of six octets",
         cat(m, b"\0\x86\x80\x80\x80\x80\0\4note\0"), "wasm-number", "section",
         str(end + 1))
    case("size-bits-33", "WebAssembly Core 5.2.2: a size of 33 bits",
         cat(m, b"\0\x86\x80\x80\x80\x10\4note\0"), "wasm-number", "section",
         str(end + 1))
    case("length-octets-6", "WebAssembly Core 5.2.2: a length of six octets",
         cat(m, section(0, b"\x84\x80\x80\x80\x80\0note")), "wasm-number",
         "section", str(end + 2))
    case("length-bits-33", "WebAssembly Core 5.2.2: a length of 33 bits",
         cat(m, section(0, b"\x84\x80\x80\x80\x10note")), "wasm-number",
         "section", str(end + 2))
    case("name-past-section", "WebAssembly Core 5.5.3: a name longer than its "
         "section", cat(m, custom(b"note", said=5).mark("x"), b"xxxx"),
         "wasm-name-length", "section", "length")
    case("no-name", "WebAssembly Core 5.5.3: a custom section of no octets",
         cat(m, b"\0\0"), "wasm-name-length", "section", str(end + 2))
    case("length-past-section", "WebAssembly Core 5.5.3: the length of the "
         "name goes on behind the section", cat(m, b"\0\1\x84\0abcd"),
         "wasm-name-length", "section", str(end + 2))
    case("latin1", "WebAssembly Core 5.2.4: a name in Latin-1",
         cat(m, custom(b"caf\xe9")), "wasm-name-text", "section",
         str(end + 6))
    case("surrogate", "WebAssembly Core 5.2.4: half of a pair of UTF-16",
         cat(m, custom(b"a\xed\xa0\x80")), "wasm-name-text", "section",
         str(end + 4))
    case("size", "the size of a signature section in more octets than needed",
         cat(m, signature(m, size=4)), "wasm-padded", "signature section",
         str(end))
    case("length", "the same of the length of its name",
         cat(m, signature(m, length=2)), "wasm-padded", "signature section",
         str(end))
    case("none", "a module without signatures", m, "wasm-unsigned", "module")
    case("near-names", "sections whose names are nearly right",
         cat(m, custom(b"devsign.cose2"), custom(b"Devsign.cose")),
         "wasm-unsigned", "module")


def judged():
    m = plain()
    ones = signature(m)
    case("no-envelope", "a signature section of no envelope",
         cat(m, custom(NAME)), "input-empty", "envelope", "0",
         object="envelope")
    case("second-changed", "the second of two signatures was altered",
         cat(m, ones, B(signature(m).data[:-1] + b"\0")),
         "envelope-signature-invalid", "signature", object="envelope")
    case("trailing", "an octet behind the envelope, in its section",
         cat(m, custom(NAME, envelope(m).data + b"\0")), "cbor-trailing",
         "envelope", object="envelope")
    case("section-added", "a section was added behind the signature",
         cat(m, ones, custom(b"x", b"more")), "artefact-mismatch", "digest")
    case("section-removed", "the module's last section is gone",
         cat(MAGIC, *SECTIONS[:-1], ones), "artefact-mismatch", "digest")
    case("over-a-signature", "a signature over the module and a signature",
         cat(m, ones, signature(cat(m, ones))), "artefact-mismatch", "digest")
    stranger = make("root", "Other Root")
    ca = make("ca", "Other", stranger)
    leaf = make("leaf", "unit-3", ca, exts=SIGNER)
    other = signature(m, leaf=leaf, pile=[ca])
    for variant, parts in (("second", (ones, other)), ("first", (other, ones))):
        case("stranger-" + variant, "one of two signers is not trusted",
             cat(m, *parts), "no-issuer", "issuer", object="certificate")


def run():
    good()
    form()
    judged()
