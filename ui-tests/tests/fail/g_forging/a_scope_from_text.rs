// attack: G03
//~ E0277 OrgScope
use tenancy::OrgScope;

fn case(text: &str) {
    let _ = text.parse::<OrgScope>();
}

fn main() {
    let _ = case;
}
