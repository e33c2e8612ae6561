#!/usr/bin/env bash
# Tests tenancy on the oldest and on the newest diesel that its requirement allows: the query surface on both databases, and the
# quickstart. Arguments go to `cargo test`: ./check names its features, so that nothing is built twice.
#
# With `--others` first, the release of Cargo.lock is left out: ./check has tested it in its steps before.
#
# The requirement is Cargo.toml's. The newest release is the registry's of today. A release other than the one of Cargo.lock is tested
# in a copy of the tree with a lock file of its own; the same release twice is tested once, and the output says so.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd)
cd "$root"

others=no
[ "${1:-}" != --others ] || { others=yes && shift; }
[ $# -gt 0 ] || set -- --features tenancy/postgres,tenancy/sqlite,tenancy/jobs
arguments=("$@")
# One place for both trees, so that the copy builds its own crates and finds the others built.
target=$(realpath -m "${CARGO_TARGET_DIR:-target}")
export CARGO_TARGET_DIR=$target
copy=$target/diesel-range

locked() {
    sed -n '/^name = "diesel"$/{n;s/^version = "\(.*\)"$/\1/p}' "$1/Cargo.lock"
}
fail() {
    echo "diesel.sh: $*" >&2
    exit 1
}

# The tests and the program, in one tree.
run() {
    cargo test --locked --quiet --manifest-path "$1/Cargo.toml" --workspace "${arguments[@]}" --test wall_one
    local output
    output=$(mktemp)
    env -u DATABASE_URL cargo run --locked --quiet --manifest-path "$1/Cargo.toml" -p quickstart </dev/null >"$output"
    diff -u "$1/examples/quickstart/expected-output.txt" "$output" || fail "the quickstart prints something else than expected"
    rm -f "$output"
}

oldest=$(sed -n 's/^diesel = { version = ">=\([0-9.]*\), <[0-9.]*".*/\1/p' Cargo.toml)
[ -n "$oldest" ] || fail "Cargo.toml has no line \`diesel = { version = \">=X, <Y\"\`"

# Only the tree's own files. What an earlier run compiled in this place is reused.
rm -rf "$copy" && mkdir -p "$copy"
tar --exclude=./target --exclude=./.git -cf - . | tar -xf - -C "$copy"

in_copy() {
    cp Cargo.lock "$copy/Cargo.lock"
    (cd "$copy" && CARGO_RESOLVER_INCOMPATIBLE_RUST_VERSIONS=allow cargo update --quiet -p diesel "$@")
}
in_copy
newest=$(locked "$copy")
current=$(locked "$root")
echo "diesel: oldest $oldest, newest $newest, Cargo.lock $current"

releases=("$oldest")
if [ "$newest" = "$oldest" ]; then
    echo "the newest release is the oldest one that is allowed: tested once"
else
    releases+=("$newest")
fi
for release in "${releases[@]}"; do
    echo "--- diesel $release"
    if [ "$release" = "$current" ] && [ $others = yes ]; then
        echo "Cargo.lock has it: tested before"
    elif [ "$release" = "$current" ]; then
        run "$root"
    else
        in_copy --precise "$release"
        [ "$(locked "$copy")" = "$release" ] || fail "the copy's lock file has diesel $(locked "$copy"), not $release"
        run "$copy"
    fi
done
rm -rf "$copy"
