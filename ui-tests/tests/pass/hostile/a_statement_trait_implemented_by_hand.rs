use tenancy::query::{ByType, ScopedStatement};
use tenancy::scope::Request;

struct Raw;

fn _needs(_: impl ScopedStatement<Request, ByType>) {}

fn case() {
    let _ = Raw;
}

fn main() {
    let _ = case;
}
