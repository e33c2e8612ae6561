use std::any::Any;
use tenancy::OrgScope;

fn case(scope: &OrgScope) {
    scope.enter_sync(|scope| {
        let _: (Box<dyn Any>, _) = (Box::new(1), scope);
    })
}

fn main() {
    let _ = case;
}
