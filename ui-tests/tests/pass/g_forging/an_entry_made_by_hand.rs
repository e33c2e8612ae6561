use tenancy::gateway::Entered;

fn case(other: Entered) {
    let _ = other;
}

fn main() {
    let _ = case;
}
