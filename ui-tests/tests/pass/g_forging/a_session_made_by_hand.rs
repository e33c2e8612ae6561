use tenancy_gateway::Session;

fn case(other: Session) {
    let _ = other;
}

fn main() {
    let _ = case;
}
