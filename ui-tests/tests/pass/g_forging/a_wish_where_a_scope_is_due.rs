use tenancy::{RequestedOrg, OrgScope};

fn invoices(_: &OrgScope) {}

fn case(wish: &RequestedOrg, scope: &OrgScope) {
    let _ = wish;
    invoices(scope);
}

fn main() {
    let _ = case;
}
