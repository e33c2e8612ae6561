use tenancy::db::PlatformScope;
use tenancy::prelude::*;
use ui_tests::billing::{currencies, invoices};

fn case(platform: &PlatformScope) {
    let _ = (platform.from(currencies::table), invoices::id);
}

fn main() {
    let _ = case;
}
