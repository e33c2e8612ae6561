use tenancy::scope::{PublicKey, TrustedKey, TrustedKeys};

fn case(keys: &TrustedKeys, own: PublicKey) {
    keys.replace([TrustedKey::always(own)]);
}

fn main() {
    let _ = case;
}
