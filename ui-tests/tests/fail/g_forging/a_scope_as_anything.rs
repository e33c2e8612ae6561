// attack: G23
//~ - OrgScope
use std::any::Any;
use tenancy::OrgScope;

fn case(scope: &OrgScope) {
    scope.enter_sync(|scope| {
        let _: Box<dyn Any> = Box::new(scope);
    })
}

fn main() {
    let _ = case;
}
