// attack: G12
//~ E0277 -
use tenancy::query::{ByType, ScopedStatement};
use tenancy::scope::Request;

struct Raw;

impl ScopedStatement<Request, ByType> for Raw {}

fn case() {
    let _ = Raw;
}

fn main() {
    let _ = case;
}
