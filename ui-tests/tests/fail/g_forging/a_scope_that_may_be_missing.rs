// attack: G44
//~ E0277 OrgScope
use axum::extract::FromRequestParts;
use tenancy::OrgScope;

fn argument<T: FromRequestParts<()>>() {}

fn case() {
    argument::<Option<OrgScope>>();
}

fn main() {
    let _ = case;
}
