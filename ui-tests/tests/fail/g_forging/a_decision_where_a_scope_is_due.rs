// attack: G48
//~ E0308 LocalDecision
use tenancy::OrgScope;
use tenancy::scope::LocalDecision;

fn serve(_: OrgScope) {}

fn case(decision: LocalDecision, scope: OrgScope) {
    let _ = &scope;
    serve(decision);
}

fn main() {
    let _ = case;
}
