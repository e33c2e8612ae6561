use tenancy::scope::VerifiedGrant;

fn case(other: VerifiedGrant) {
    let _ = other;
}

fn main() {
    let _ = case;
}
