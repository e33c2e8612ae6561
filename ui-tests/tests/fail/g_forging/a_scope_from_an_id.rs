// attack: G03
//~ E0277 OrgScope
use tenancy::{OrgId, OrgScope};

fn case(id: OrgId) {
    let _: OrgScope = id.into();
}

fn main() {
    let _ = case;
}
