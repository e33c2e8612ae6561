// attack: G47
//~ E0308 OrgScope
use tenancy::OrgScope;
use tenancy::gateway::Entered;

fn invoices(_: &OrgScope) {}

fn case(entered: &Entered, scope: &OrgScope) {
    let _ = scope;
    invoices(entered);
}

fn main() {
    let _ = case;
}
