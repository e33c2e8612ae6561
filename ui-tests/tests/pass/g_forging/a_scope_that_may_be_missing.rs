use axum::extract::FromRequestParts;
use tenancy::OrgScope;

fn argument<T: FromRequestParts<()>>() {}

fn case() {
    argument::<OrgScope>();
}

fn main() {
    let _ = case;
}
