// attack: G03
use tenancy::OrgScope;

fn case(text: &str) {
    let _ = text.parse::<OrgScope>();
}

fn main() {
    let _ = case;
}
