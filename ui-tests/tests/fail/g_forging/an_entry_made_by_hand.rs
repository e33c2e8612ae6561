// attack: G47
//~ E0451 ActiveAccess
use tenancy_gateway::ActiveAccess;

fn case(other: ActiveAccess) {
    let _ = ActiveAccess { ..other };
}

fn main() {
    let _ = case;
}
