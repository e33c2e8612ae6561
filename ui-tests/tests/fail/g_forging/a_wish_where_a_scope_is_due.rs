// attack: G46
//~ E0308 OrgScope
use tenancy::{Claim, OrgScope};

fn invoices(_: &OrgScope) {}

fn case(wish: &Claim, scope: &OrgScope) {
    let _ = scope;
    invoices(wish);
}

fn main() {
    let _ = case;
}
