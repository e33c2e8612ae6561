// attack: G31
//~ E0599 replace
use tenancy::Authority;
use tenancy::scope::{PublicKey, TrustedKey};

fn case(authority: &Authority, own: PublicKey) {
    authority.replace([TrustedKey::always(own)]);
}

fn main() {
    let _ = case;
}
