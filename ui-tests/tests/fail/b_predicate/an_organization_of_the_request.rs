// attack: B18
//~ E0277 TEN0009
use tenancy::prelude::*;
use ui_tests::billing::invoices;

struct Request {
    org: String,
}

fn case(scope: &OrgScope, request: Request) {
    let _ = scope.from(invoices::table).filter(invoices::org_id.eq(request.org));
}

fn main() {
    let _ = case;
}
