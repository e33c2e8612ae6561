// attack: G47
//~ E0451 Entered
use tenancy::gateway::Entered;

fn case(other: Entered) {
    let _ = Entered { ..other };
}

fn main() {
    let _ = case;
}
