#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Sizes: functions (80 lines in verify/, else 100), nesting 3, parameters 5,
# files 600 lines; prints the distribution.
. "$(dirname "$0")/lib.sh"
c_and_h_files | python3 tests/lint/caps.py
