// attack: G03
//~ E0599 OrgScope
use tenancy::{OrgId, OrgScope};

fn case(id: OrgId) {
    let _ = OrgScope::new(id);
}

fn main() {
    let _ = case;
}
