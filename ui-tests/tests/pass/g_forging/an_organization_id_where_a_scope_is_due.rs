use tenancy::{OrgId, OrgScope};

fn handler(_: &OrgScope) {}

fn case(scope: &OrgScope, id: OrgId) {
    handler(scope);
    let _ = id;
}

fn main() {
    let _ = case;
}
