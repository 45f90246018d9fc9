#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# No path of anybody's machine stands in the tree: .ci/run alone knows what may
# lie beside the checkout.
. "$(dirname "$0")/lib.sh"
hits=$(grep -rnIE '(^|[^A-Za-z0-9_./-])/(home|root|work|farm|Users)/' . \
    --exclude-dir=.git --exclude-dir=build) && broken "$hits"
hits=$(grep -rnIF '../share''d' . --exclude-dir=.git --exclude-dir=build \
    --exclude=run --exclude=paths.sh) && broken "$hits"
exit $status
