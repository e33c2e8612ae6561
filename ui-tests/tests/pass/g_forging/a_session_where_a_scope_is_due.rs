use tenancy::OrgScope;
use tenancy_gateway::Session;

fn invoices(_: &OrgScope) {}

fn case(session: &Session, scope: &OrgScope) {
    let _ = session;
    invoices(scope);
}

fn main() {
    let _ = case;
}
