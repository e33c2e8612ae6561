use axum::extract::{FromRequestParts, Path};
use tenancy::OrgScope;

fn argument<T: FromRequestParts<()>>() {}

fn case() {
    argument::<OrgScope>();
    argument::<Path<tenancy::RequestedOrg>>();
}

fn main() {
    let _ = case;
}
