use tenancy::OrgScope;
use tenancy::gateway::Entered;

fn invoices(_: &OrgScope) {}

fn case(entered: &Entered, scope: &OrgScope) {
    let _ = entered;
    invoices(scope);
}

fn main() {
    let _ = case;
}
