use tenancy::OrgScope;
use tenancy_gateway::ActiveAccess;

fn invoices(_: &OrgScope) {}

fn case(entered: &ActiveAccess, scope: &OrgScope) {
    let _ = entered;
    invoices(scope);
}

fn main() {
    let _ = case;
}
