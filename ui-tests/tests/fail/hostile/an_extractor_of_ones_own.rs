// attack: G43
//~ E0119 OrgScope
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use tenancy::OrgScope;

struct Mine(OrgScope);

#[derive(Clone)]
struct State;

impl FromRequestParts<State> for OrgScope {
    type Rejection = ();

    async fn from_request_parts(_: &mut Parts, _: &State) -> Result<Self, ()> {
        Err(())
    }
}

fn main() {
    let _ = (Mine, State);
}
