use tenancy::{OrgId, OrgScope};

fn case(id: OrgId) {
    let _: Option<(OrgScope, OrgId)> = Some(id).and(None);
}

fn main() {
    let _ = case;
}
