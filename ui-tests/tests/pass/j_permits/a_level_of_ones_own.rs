

struct Everything;

fn case() {
    let _ = Everything;
}

fn main() {
    let _ = case;
}
