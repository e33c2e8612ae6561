#!/usr/bin/env bash
# Prints the folder of Python packages that a requirements file names, each pinned by version and hash; fetches them once. For Python 3.11
# on Linux, x86-64, of which the hashes are.
#
#   python.sh REQUIREMENTS
#
#   TENANCY_TOOLS=folder       keep it there; ~/.cache/tenancy unless set
set -euo pipefail
requirements=$1

name=python-$(basename "$requirements" .txt)-$(sha256sum "$requirements" | cut -c 1-16)
folder=${TENANCY_TOOLS:-$HOME/.cache/tenancy}/$name
if [ ! -d "$folder" ]; then
    if [ "$(python3 -c 'import sys; print(sys.version_info[:2] == (3, 11))' 2>/dev/null)" != True ] ||
        ! python3 -m pip --version >/dev/null 2>&1; then
        echo "$name: needs Python 3.11 with pip (on Debian 12: apt-get install python3-pip)" >&2
        exit 1
    fi
    # Made elsewhere and moved at the end: a second run beside this one never sees half of it.
    mkdir -p "$(dirname "$folder")"
    making=$(mktemp -d "$folder.XXXXXX")
    trap 'rm -rf "$making"' EXIT
    python3 -m pip --quiet --disable-pip-version-check install --root-user-action ignore --no-deps --require-hashes --only-binary :all: \
        --target "$making" --requirement "$requirements" >&2
    mv -T "$making" "$folder" 2>/dev/null || [ -d "$folder" ]
fi
echo "$folder"
