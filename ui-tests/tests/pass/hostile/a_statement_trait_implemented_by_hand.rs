use tenancy::query::{ByType, ScopedStatement};
use tenancy::scope::Request;

struct Raw;

fn needs<B>(_: impl ScopedStatement<B, ByType>) {}

fn case() {
    let _ = (Raw, needs::<Request>);
}

fn main() {
    let _ = case;
}
