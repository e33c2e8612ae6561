// attack: G13
//~ E0451 ScopeKey
use tenancy::scope::ScopeKey;

fn case(key: ScopeKey) {
    let _ = ScopeKey { org: None, ..key };
}

fn main() {
    let _ = case;
}
