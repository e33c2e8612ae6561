// attack: G25
//~ E0277 OrgScope
use tenancy::OrgScope;

fn case(scope: OrgScope) {
    let _ = serde_json::to_string(&scope);
}

fn main() {
    let _ = case;
}
