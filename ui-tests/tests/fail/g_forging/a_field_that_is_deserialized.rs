// attack: G04
//~ E0277 OrgScope
use serde::Deserialize;
use tenancy::OrgScope;

#[derive(Deserialize)]
struct Body {
    #[serde(flatten)]
    scope: OrgScope,
}

fn case(body: Body) {
    let _ = body.scope;
}

fn main() {
    let _ = case;
}
