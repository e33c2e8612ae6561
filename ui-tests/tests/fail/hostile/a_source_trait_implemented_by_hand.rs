// attack: G12
//~ E0277 -
use tenancy::query::ScopedSource;
use tenancy::scope::Request;

struct Raw;

impl ScopedSource<Request> for Raw {}

fn case() {
    let _ = Raw;
}

fn main() {
    let _ = case;
}
