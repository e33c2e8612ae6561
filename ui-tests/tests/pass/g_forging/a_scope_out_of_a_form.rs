use axum::Form;
use axum::extract::FromRequest;
use tenancy::OrgScope;

fn argument<T: FromRequest<()>>() {}

fn case() {
    argument::<Form<tenancy::RequestedOrg>>();
    let _ = None::<OrgScope>;
}

fn main() {
    let _ = case;
}
