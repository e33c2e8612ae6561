// attack: G47
//~ E0308 OrgScope
use tenancy::OrgScope;
use tenancy_gateway::ActiveAccess;

fn invoices(_: &OrgScope) {}

fn case(entered: &ActiveAccess, scope: &OrgScope) {
    let _ = scope;
    invoices(entered);
}

fn main() {
    let _ = case;
}
