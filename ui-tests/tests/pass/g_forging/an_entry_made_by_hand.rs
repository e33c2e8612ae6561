use tenancy_gateway::ActiveAccess;

fn case(other: ActiveAccess) {
    let _ = other;
}

fn main() {
    let _ = case;
}
