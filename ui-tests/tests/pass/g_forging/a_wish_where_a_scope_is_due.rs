use tenancy::{Claim, OrgScope};

fn invoices(_: &OrgScope) {}

fn case(wish: &Claim, scope: &OrgScope) {
    let _ = wish;
    invoices(scope);
}

fn main() {
    let _ = case;
}
