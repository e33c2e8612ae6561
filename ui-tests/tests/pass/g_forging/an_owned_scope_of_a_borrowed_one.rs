use tenancy::OrgScope;

fn case(scope: &OrgScope) {
    let _: &OrgScope = scope;
}

fn main() {
    let _ = case;
}
