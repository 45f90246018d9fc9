#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""TAP: BetterTLS path building; a suite of the schema as it is."""
import sys

sys.dont_write_bytecode = True

from suite import Suite	# noqa: E402

FILE = "bettertls-pathbuilding.limbo.json"
suite = Suite("bettertls", FILE)
for case in suite.json(FILE)["testcases"]:
    suite.add(case["id"], case["expected_result"] == "SUCCESS", case)
suite.finish("strict")
