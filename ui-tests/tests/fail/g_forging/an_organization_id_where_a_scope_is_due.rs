// attack: G42
//~ E0308 OrgScope
use tenancy::{OrgId, OrgScope};

fn handler(_: &OrgScope) {}

fn case(scope: &OrgScope, id: OrgId) {
    let _ = scope;
    handler(&id);
}

fn main() {
    let _ = case;
}
