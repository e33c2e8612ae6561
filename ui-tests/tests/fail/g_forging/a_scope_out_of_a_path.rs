// attack: G43
//~ E0277 OrgScope
use axum::extract::{FromRequestParts, Path};
use tenancy::OrgScope;

fn argument<T: FromRequestParts<()>>() {}

fn case() {
    argument::<Path<OrgScope>>();
}

fn main() {
    let _ = case;
}
