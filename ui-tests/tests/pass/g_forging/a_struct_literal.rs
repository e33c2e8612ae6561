use tenancy::OrgScope;

fn case(scope: OrgScope) {
    let _ = scope;
}

fn main() {
    let _ = case;
}
