// attack: G46
//~ E0308 OrgScope
use tenancy::OrgScope;
use tenancy_gateway::Session;

fn invoices(_: &OrgScope) {}

fn case(session: &Session, scope: &OrgScope) {
    let _ = scope;
    invoices(session);
}

fn main() {
    let _ = case;
}
