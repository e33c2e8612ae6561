use axum::Extension;
use axum::extract::FromRequestParts;
use tenancy::OrgScope;

fn argument<T: FromRequestParts<()>>() {}

fn case() {
    argument::<OrgScope>();
    argument::<Extension<tenancy::OrgId>>();
}

fn main() {
    let _ = case;
}
