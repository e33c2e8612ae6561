use tenancy::prelude::*;
use ui_tests::billing::invoices;

struct Request {
    org: String,
}

fn case(scope: &OrgScope, request: Request) {
    let _ = (scope.from(invoices::table), request.org);
}

fn main() {
    let _ = case;
}
