use axum::extract::{FromRequestParts, State};
use tenancy::OrgScope;

fn argument<T: FromRequestParts<S>, S>() {}

fn case() {
    argument::<State<tenancy::OrgId>, tenancy::OrgId>();
    argument::<OrgScope, tenancy::OrgId>();
}

fn main() {
    let _ = case;
}
