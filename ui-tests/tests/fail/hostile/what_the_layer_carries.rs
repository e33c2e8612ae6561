// attack: G45
//~ E0603 carried
use axum::http::Extensions;

fn case(extensions: &Extensions) {
    let _ = extensions.get::<tenancy::gateway::carried::Carried>();
}

fn main() {
    let _ = case;
}
