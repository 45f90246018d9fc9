# SPDX-License-Identifier: GPL-3.0-or-later
#
# Judges the TAP output of one suite.  -v name= -v status= -v errors=FILE
# Prints `report: ...` lines for people and one `count: passed failed skipped`.

function report(line) { print "report: " line }

# The plan may come in several parts: one for each group of tests.
/^1\.\.[0-9]+/ { planned += substr($1, 4); telling = 0; next }
/^(not )?ok / && tolower($0) ~ /# skip/ { skipped++; telling = 0; next }
/^ok( |$)/ { passed++; telling = 0; next }
/^not ok( |$)/ { failed++; telling = 1; bad[++lines] = $0; next }
telling && told[failed]++ < 25 { bad[++lines] = "    " $0 }

END {
	seen = passed + failed + skipped
	if (status == 124)
		why = "took too long and was ended"
	else if (status > 128)
		why = "died of signal " (status - 128)
	else if (seen == 0)
		why = "ran nothing (status " status ")"
	else if (seen < planned)
		why = "ran only " seen " of " planned " tests"
	else if (status != 0 && failed == 0)
		why = "ended with status " status
	if (why != "") {
		failed++
		bad[++lines] = "not ok - the suite " why
	}
	report(sprintf("%-4s %-28s %4d passed%s%s", failed ? "FAIL" : "ok",
	    name, passed, failed ? ", " failed " failed" : "",
	    skipped ? ", " skipped " skipped" : ""))
	for (i = 1; i <= lines; i++)
		report("    " bad[i])
	if (failed)
		while ((getline line < errors) > 0 && shown++ < 40)
			report("    | " line)
	printf "count: %d %d %d\n", passed, failed, skipped
}
