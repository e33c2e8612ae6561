// attack: F32
//~ E0277 TEN0001
//~ E0277 TEN0012
//~ E0277 AsExpression
//~ E0277 FilterDsl
use tenancy::db::PlatformScope;
use ui_tests::billing::{currencies, invoices};

fn case(platform: &PlatformScope) {
    let _ = (platform.update(invoices::table), currencies::code);
}

fn main() {
    let _ = case;
}
