use tenancy::OrgScope;

fn case() {
    let _ = None::<OrgScope>;
}

fn main() {
    let _ = case;
}
