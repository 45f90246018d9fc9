# SPDX-License-Identifier: GPL-3.0-or-later
"""Kind manifest: the list of files of a tree (docs/FORMAT.md)."""
import hashlib

import corpus
from cbor import NIL, array, bstr, cmap, num, tstr
from der import B, cat


def sum_of(path, hashed="sha256"):
    return hashlib.new(hashed, path if isinstance(path, bytes)
                       else path.encode()).digest()


def entry(path, size=1, digest=None, hashed="sha256"):
    return array(tstr(path).mark("path"), num(size).mark("size"),
                 bstr(sum_of(path, hashed) if digest is None else digest)
                 .mark("digest")).mark("entry")


def listed(*entries, version=1):
    return array(num(version).mark("version"),
                 array(*entries).mark("entries")).mark("list")


def run():
    def case(variant, data, why, reason=None, field=None, at=None):
        expect = {"object": "artefact"} if reason else {}
        if at:
            expect["offset"] = corpus.place(data, at)
        corpus.add("manifest", reason, variant, {"manifest.cbor": data}, why,
                   field=field, **expect)

    def paths(variant, names, why, reason=None, at=None):
        case(variant, listed(*[entry(n) for n in names]), why, reason,
             "path" if reason else None, at)

    paths("one", ["a"], "docs/FORMAT.md: a tree of one file")
    paths("several", ["a", "a-b", "a/b", "a/b/c", "a0", "b"],
          "docs/FORMAT.md: octets decide the order, and / is one of them")
    paths("dots", sorted(
        [".a", "..a", "...", "a./b..", "a/.b"]),
        "docs/FORMAT.md: names that only look like . and ..")
    paths("utf8", ["\u00e9", "\u4e2d/\u6587", "\U0001f600"],
          "docs/FORMAT.md: names in UTF-8")
    paths("blank-and-backslash", [" ", "a b", "a\\b"],
          "docs/FORMAT.md: characters that are no control characters")
    paths("path-1024", ["d/" * 511 + "ab"], "docs/LIMITS.md: as many octets "
          "as a path may have")
    paths("path-1025", ["d/" * 511 + "abc"], "docs/LIMITS.md: one octet more",
          "limit", "path")
    for hashed in ("sha384", "sha512"):
        case(hashed, listed(entry("a", hashed=hashed), entry("b",
             hashed=hashed)), "docs/FORMAT.md: digests of " + hashed)
    case("size-0", listed(entry("a", 0)), "docs/FORMAT.md: an empty file")
    case("size-large", listed(entry("a", (1 << 63) - 1)), "docs/FORMAT.md: "
         "the largest size")

    form = "manifest-malformed"
    case("empty-list", listed(), "docs/FORMAT.md: at least one file", form,
         "manifest", "entries")
    for version in (0, 2, -1):
        case("version%d" % version, listed(entry("a"), version=version),
             "docs/FORMAT.md: the version is 1", form, "manifest", "version")
    case("map", cmap((num(1), array(entry("a")))).mark("bad"),
         "docs/FORMAT.md: an array of two", form, "manifest", "bad")
    case("three", array(num(1), array(entry("a")), num(0)).mark("bad"),
         "docs/FORMAT.md: an array of two", form, "manifest", "bad")
    case("version-text", array(tstr("1").mark("bad"), array(entry("a"))),
         "docs/FORMAT.md: the version is an integer", form, "manifest", "bad")
    case("files-map", array(num(1), cmap((tstr("a"), num(1))).mark("bad")),
         "docs/FORMAT.md: the files are an array", form, "manifest", "bad")
    case("entry-text", listed(tstr("a").mark("bad")), "docs/FORMAT.md: a file "
         "is an array", form, "manifest", "bad")
    case("entry-of-two", listed(array(tstr("a"), num(1)).mark("bad")),
         "docs/FORMAT.md: a file is an array of three", form, "manifest", "bad")
    case("entry-of-four", listed(array(tstr("a"), num(1), bstr(sum_of("a")),
         NIL).mark("bad")), "docs/FORMAT.md: a file is an array of three", form,
         "manifest", "bad")
    case("path-bytes", listed(array(bstr("a".encode()).mark("bad"), num(1),
         bstr(sum_of("a")))), "docs/FORMAT.md: a path is a text", form, "path",
         "bad")
    case("size-negative", listed(entry("a", -1)), "docs/FORMAT.md: a size is "
         "not negative", form, "size", "size")
    case("size-text", listed(array(tstr("a"), tstr("1").mark("bad"),
         bstr(sum_of("a")))), "docs/FORMAT.md: a size is a number", form,
         "size", "bad")
    case("digest-text", listed(array(tstr("a"), num(1), tstr("x" * 32)
         .mark("bad"))), "docs/FORMAT.md: a digest is bytes", form, "digest",
         "bad")
    for n in (0, 20, 31, 33, 49, 65):
        case("digest-%d" % n, listed(entry("a", digest=bytes(n))),
             "docs/FORMAT.md: 32, 48 or 64 octets", form, "digest", "digest")
    case("digest-lengths", listed(entry("a"), array(tstr("b"), num(1), bstr(
         sum_of("b", "sha384")).mark("bad"))), "docs/FORMAT.md: all digests "
         "are of one algorithm", form, "digest", "bad")

    bad = "manifest-path-invalid"
    for variant, path in (
            ("empty", ""), ("dot", "."), ("up", ".."), ("absolute", "/a"),
            ("up-first", "../a"), ("up-inside", "a/../b"), ("up-last", "a/.."),
            ("dot-first", "./a"), ("dot-inside", "a/./b"), ("dot-last", "a/."),
            ("slash-twice", "a//b"), ("slash-last", "a/"), ("slash", "/"),
            ("nul", "a\0b"), ("line-feed", "a\nb"), ("delete", "a\x7f"),
            ("c1", "a\u0085b"), ("escape", "\x1b[2J")):
        paths(variant, [path], "docs/FORMAT.md: a path of names below the "
              "directory, without control characters", bad, "path")
    paths("second", ["a", "b/../../c"], "docs/FORMAT.md: not the first file "
          "only", bad, "path#1")
    case("not-utf8", listed(entry(b"a\xff")), "RFC 8949 3.1: text is UTF-8",
         "cbor-malformed", "path", "path")

    paths("descending", ["b", "a"], "docs/FORMAT.md: paths in ascending "
          "order", "manifest-not-sorted", "path#1")
    paths("longer-first", ["ab", "a"], "docs/FORMAT.md: the shorter of two "
          "that begin alike is first", "manifest-not-sorted", "path#1")
    paths("slash-is-an-octet", ["a/b", "a-b"], "docs/FORMAT.md: - is before /",
          "manifest-not-sorted", "path#1")
    paths("by-length", ["b", "aa"], "docs/FORMAT.md: octets decide, not "
          "lengths", "manifest-not-sorted", "path#1")
    paths("twice", ["a", "a"], "docs/FORMAT.md: each path once",
          "manifest-path-twice", "path#1")
    paths("twice-later", ["a", "b", "b"], "docs/FORMAT.md: each path once",
          "manifest-path-twice", "path#2")

    good = listed(entry("a"), entry("b"))
    case("nothing", B(), "no bytes at all", "input-empty", "manifest")
    case("cut", B(good.data[:-1]), "RFC 8949 3: the last octet is missing",
         "cbor-truncated", "digest")
    case("after", cat(good, B(b"\0").mark("bad")), "docs/FORMAT.md: nothing "
         "follows the list", "cbor-trailing", "manifest", "bad")
    case("number-long", listed(array(tstr("a"), num(1, 1).mark("bad"),
         bstr(sum_of("a")))), "RFC 8949 4.2.1: a number longer than needed",
         "cbor-not-deterministic", "size", "bad")
    case("indefinite", cat(b"\x9f", num(1), array(entry("a")), b"\xff")
         .mark("bad"), "RFC 8949 4.2.1: an array of no stated length",
         "cbor-not-deterministic", "manifest", "bad")
    case("count-large", cat(b"\x82\x01", B(b"\x9a\xff\xff\xff\xff")
         .mark("bad")), "RFC 8949 3: more files are claimed than can follow",
         "cbor-truncated", "manifest", "bad")
