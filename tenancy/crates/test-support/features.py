#!/usr/bin/env python3
"""Checks that no crate has a warning: with no feature, with each of its features alone, and with the sets that users combine.

    features.py              every published crate, and the examples that a reader begins with
    features.py CRATE ..     these crates
    features.py --slow       the features too with which diesel compiles for minutes
    features.py --list       what would be checked

The features come from `cargo metadata`, so a new one is checked without a change here. Dependencies are built with the features that
a set turns on, and nothing else changes between sets: what one set built, the next one reuses.
"""

import json
import subprocess
import sys
import time

# What users combine, beside each feature alone. A set is one build: features of one crate, or of several (`crate/feature`).
TOGETHER = {
    "tenancy": [
        "postgres,sqlite",
        "postgres,axum",
        "sqlite,axum",
        "postgres,jobs",
        "sqlite,jobs",
        "postgres,secrets",
        "sqlite,signing",
        "postgres-tls,secrets,jobs,axum",
        "postgres,sqlite,jobs,secrets,postgres-tls,axum,signing",
    ],
    "tenancy-gateway": [
        "oidc,postgres",
        "oidc,sqlite",
        "oidc,postgres-tls",
        "proxy,postgres",
        "proxy,sqlite",
        "oidc,proxy,vault,postgres-tls,sqlite",
    ],
    "tenancy-permits": ["postgres,sqlite,validation"],
    "tenancy-service": ["postgres,tls", "sqlite,tls", "postgres-tls,tls"],
}
# They change diesel alone, which compiles for minutes with them: no source of this workspace asks for them.
SLOW = {"64-column-tables", "128-column-tables"}
# Of packages that nobody depends on, those whose set of features a reader begins with.
EXAMPLES = ["quickstart", "axum-example"]


def members():
    command = ["cargo", "metadata", "--locked", "--no-deps", "--format-version", "1"]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)["packages"]


def sets(package, slow):
    """The features of each build, as `cargo` takes them."""
    left_out = {"default"} if slow else {"default"} | SLOW
    own = sorted(name for name in package["features"] if name not in left_out)
    return [""] + own + TOGETHER.get(package["name"], [])


def targets(package):
    kinds = {kind for target in package["targets"] for kind in target["kind"]}
    lib = ["--lib"] if kinds & {"lib", "proc-macro"} else []
    return lib + (["--bins"] if "bin" in kinds else [])


def check(package, features):
    """Whether it compiles without a warning."""
    command = ["cargo", "check", "--locked", "--quiet", "--no-default-features", "-p", package["name"]]
    command += targets(package) + ["--features", features]
    began = time.monotonic()
    # The warnings of a crate that is not built again are shown again.
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    clean = done.returncode == 0 and not done.stderr.strip()
    print(f"{time.monotonic() - began:6.1f} s  {package['name']} [{features}]" + ("" if clean else "  FAILED"), flush=True)
    if not clean:
        print(done.stderr, file=sys.stderr, flush=True)
    return clean


def main():
    arguments = sys.argv[1:]
    packages = members()
    wanted = [name for name in arguments if not name.startswith("--")]
    slow = "--slow" in arguments
    unknown = set(wanted) - {package["name"] for package in packages}
    if unknown:
        sys.exit(f"features.py: no such crate: {', '.join(sorted(unknown))}")
    if not wanted:
        wanted = [p["name"] for p in packages if p["publish"] != [] or p["name"] in EXAMPLES]
    builds = [(package, one) for package in packages if package["name"] in wanted for one in sets(package, slow)]
    if "--list" in arguments:
        print("\n".join(f"{package['name']} [{features}]" for package, features in builds))
        return
    began = time.monotonic()
    failed = [f"{package['name']} [{features}]" for package, features in builds if not check(package, features)]
    if failed:
        sys.exit(f"features.py: these do not compile, or have warnings: {'; '.join(failed)}")
    print(f"{len(builds)} sets of features without a warning, in {time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    main()
