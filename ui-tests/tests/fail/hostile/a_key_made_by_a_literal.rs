// attack: G13
//~ E0451 ScopeKey
use tenancy::scope::ScopeKey;

fn case(key: ScopeKey) {
    let _ = ScopeKey { brand: Default::default(), ..key };
}

fn main() {
    let _ = case;
}
