// attack: G12 G13
//~ E0407 ScopeTarget
use tenancy::query::{AsTable, ScopeTarget};
use tenancy::scope::ScopeKey;

struct Mine;

impl ScopeTarget for Mine {
    type As = AsTable;

    fn __source<B>(key: ScopeKey<B>) -> ScopeKey<B> {
        key
    }
}

fn case() {
    let _ = Mine;
}

fn main() {
    let _ = case;
}
