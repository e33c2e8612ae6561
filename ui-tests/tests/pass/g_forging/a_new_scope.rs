use tenancy::{OrgId, OrgScope};

fn case(id: OrgId) {
    let _ = (id, None::<OrgScope>);
}

fn main() {
    let _ = case;
}
