use tenancy::query::ScopedSource;
use tenancy::scope::Request;

struct Raw;

fn _needs(_: impl ScopedSource<Request>) {}

fn case() {
    let _ = Raw;
}

fn main() {
    let _ = case;
}
