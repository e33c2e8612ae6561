use tenancy::OrgScope;

fn case(scope: OrgScope) {
    let _ = format!("{scope:?}");
}

fn main() {
    let _ = case;
}
