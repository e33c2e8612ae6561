// attack: G46
//~ E0308 OrgScope
use tenancy::{RequestedOrg, OrgScope};

fn invoices(_: &OrgScope) {}

fn case(wish: &RequestedOrg, scope: &OrgScope) {
    let _ = scope;
    invoices(wish);
}

fn main() {
    let _ = case;
}
