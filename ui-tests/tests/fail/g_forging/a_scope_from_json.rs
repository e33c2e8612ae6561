// attack: G04
//~ E0277 OrgScope
use tenancy::OrgScope;

fn case(text: &str) {
    let _ = serde_json::from_str::<OrgScope>(text);
}

fn main() {
    let _ = case;
}
