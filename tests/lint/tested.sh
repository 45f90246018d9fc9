#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Every public function is called by a test, every option given by one; what
# only commands can test stands in tested.txt.
. "$(dirname "$0")/lib.sh"
python3 tests/lint/tested.py
