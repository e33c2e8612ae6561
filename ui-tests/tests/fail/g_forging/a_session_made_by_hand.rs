// attack: G45
//~ E0451 Session
use tenancy_gateway::Session;

fn case(other: Session) {
    let _ = Session { ..other };
}

fn main() {
    let _ = case;
}
