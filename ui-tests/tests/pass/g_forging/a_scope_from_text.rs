use tenancy::OrgScope;

fn case(text: &str) {
    let _ = (text.parse::<tenancy::OrgId>(), None::<OrgScope>);
}

fn main() {
    let _ = case;
}
