// attack: G04
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
