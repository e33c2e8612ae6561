#!/usr/bin/env bash
# Makes each package that would be published and compiles what was packed. Arguments go to `cargo package`: ./check names what is not published.
#
# The packed crates are compiled together, in a workspace of their own: a file that is missing in a package, or lies outside of it, is seen
# there, and each dependency is compiled once. `cargo package` without `--no-verify` compiles each crate with dependencies of its own, which
# takes four times as long. That each crate compiles with each of its features alone is what features.py looks at.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../../.."
target=$(realpath -m "${CARGO_TARGET_DIR:-target}")
export CARGO_TARGET_DIR=$target

rm -f "$target"/package/*.crate
cargo package --locked --allow-dirty --no-verify --workspace "$@"

place=$target/packed
rm -rf "$place" && mkdir -p "$place"
{
    echo '[workspace]'
    echo 'resolver = "3"'
    echo 'members = ["*"]'
    echo '[patch.crates-io]'
} >"$place/Cargo.toml"
for packed in "$target"/package/*.crate; do
    tar -xzf "$packed" -C "$place"
    folder=$(basename "$packed" .crate)
    echo "${folder%-*} = { path = \"$folder\" }" >>"$place/Cargo.toml"
done
# The versions that were tested. Cargo takes the members that are not here out of it.
cp Cargo.lock "$place/Cargo.lock"
cargo check --manifest-path "$place/Cargo.toml" --workspace
echo "$(grep -c 'path =' "$place/Cargo.toml") packages compile from what was packed"
rm -rf "$place"
