use serde::Deserialize;
use tenancy::OrgScope;

#[derive(Deserialize)]
struct Body {
    #[serde(flatten)]
    claim: tenancy::RequestedOrg,
}

type Unused = OrgScope;

fn case(body: Body) {
    let _ = body.claim;
}

fn main() {
    let _ = case;
}
