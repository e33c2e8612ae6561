use tenancy::OrgScope;

fn case(scope: OrgScope) {
    let first = scope;
    let _ = first;
}

fn main() {
    let _ = case;
}
