use tenancy::OrgScope;

fn case(scope: OrgScope) {
    let _ = serde_json::to_string(&scope.org_id());
}

fn main() {
    let _ = case;
}
