// attack: G43
//~ E0277 OrgScope
use axum::extract::{FromRequestParts, State};
use tenancy::OrgScope;

fn argument<T: FromRequestParts<S>, S>() {}

fn case() {
    argument::<State<OrgScope>, OrgScope>();
}

fn main() {
    let _ = case;
}
