use std::sync::mpsc::Sender;
use tenancy::OrgScope;
use tenancy::scope::Brand;

fn case(scope: &OrgScope, sender: &Sender<OrgScope<Brand<'static>>>) {
    scope.enter_sync(|scope| {
        let _ = (sender, scope);
    })
}

fn main() {
    let _ = case;
}
