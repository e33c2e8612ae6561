// attack: G31
//~ E0451 VerifiedGrant
use tenancy::scope::VerifiedGrant;

fn case(other: VerifiedGrant) {
    let _ = VerifiedGrant { ..other };
}

fn main() {
    let _ = case;
}
