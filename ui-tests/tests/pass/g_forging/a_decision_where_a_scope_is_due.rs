use tenancy::OrgScope;
use tenancy::scope::LocalDecision;

fn serve(_: OrgScope) {}

fn case(decision: LocalDecision, scope: OrgScope) {
    let _ = &decision;
    serve(scope);
}

fn main() {
    let _ = case;
}
