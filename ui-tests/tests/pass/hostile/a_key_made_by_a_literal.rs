use tenancy::scope::ScopeKey;

fn case(key: ScopeKey) {
    let _ = key;
}

fn main() {
    let _ = case;
}
