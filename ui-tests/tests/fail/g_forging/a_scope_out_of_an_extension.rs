// attack: G43
//~ E0277 OrgScope
use axum::Extension;
use axum::extract::FromRequestParts;
use tenancy::OrgScope;

fn argument<T: FromRequestParts<()>>() {}

fn case() {
    argument::<Extension<OrgScope>>();
}

fn main() {
    let _ = case;
}
