use tenancy::OrgScope;

fn case(text: &str) {
    let _ = (serde_json::from_str::<tenancy::OrgId>(text), None::<OrgScope>);
}

fn main() {
    let _ = case;
}
