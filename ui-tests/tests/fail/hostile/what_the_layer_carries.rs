// attack: G45
//~ E0603 request
use axum::http::Extensions;

fn case(extensions: &Extensions) {
    let _ = extensions.get::<tenancy_gateway::request::request_state::RequestState>();
}

fn main() {
    let _ = case;
}
