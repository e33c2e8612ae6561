use super::random::{Random, model};
use crate::Model;

#[test]
fn canonical_text_reads_as_the_same_model() {
    for seed in 0..3_000 {
        let model = model(&mut Random::new(seed));
        let text = model.to_string();
        let read = Model::parse(&text).unwrap_or_else(|errors| panic!("seed {seed}\n{text}\n{errors:#?}"));
        assert_eq!(read.to_string(), text, "seed {seed}");
        assert_eq!(read.fingerprint(), model.fingerprint(), "seed {seed}\n{text}");
        assert_eq!(read.without_spans(), model, "seed {seed}\n{text}");
    }
}

#[test]
fn canonical_text_looks_like_this() {
    let text = "use expiration definition user{}/** A\n * document. */definition doc{permission \
                view=viewer+(parent.any(view)-banned&viewer);relation viewer:user|user:* with \
                expiration|doc#view;relation banned:user;relation parent:doc#...;}";
    let expected = "use expiration

definition user {}

/// A
/// document.
definition doc {
    relation viewer: user | user:* with expiration | doc#view
    relation banned: user
    relation parent: doc
    permission view = viewer + (parent->view - (banned & viewer))
}
";
    assert_eq!(super::model(text).to_string(), expected);
}

#[test]
fn mutated_texts_never_panic_and_errors_are_inside_of_the_text() {
    let words = [
        "definition",
        "relation",
        "permission",
        "user",
        "team#member",
        "with expiration",
        "use ",
        "nil",
        " = ",
        "->",
        ".all(",
        "(",
        ")",
        "{",
        "}",
        "+",
        "-",
        "&",
        "|",
        ":*",
        "#",
        "...",
        "/*",
        "*/",
        "///",
        "//",
        "\n",
        "\r",
        ";",
        "@x",
        "\"",
        "'''",
        "é",
        "\u{0}",
        "caveat",
        "partial",
        "import",
        "/",
        "\u{2028}",
    ];
    let mut refused = 0;
    for seed in 0..20_000 {
        let mut random = Random::new(seed);
        let mut text: Vec<char> = model(&mut random).to_string().chars().collect();
        for _ in 0..1 + random.below(5) {
            let at = random.below(text.len() + 1);
            match random.below(3) {
                0 => drop(text.drain(at..text.len().min(at + 1 + random.below(12)))),
                1 => drop(text.splice(at..at, random.pick(&words).chars())),
                _ => {
                    let end = text.len().min(at + random.below(40));
                    let copied = text[at..end].to_vec();
                    let to = random.below(text.len() + 1);
                    text.splice(to..to, copied);
                }
            }
        }
        let text: String = text.into_iter().collect();
        match Model::parse(&text) {
            Ok(model) => {
                assert_eq!(Model::parse(&model.to_string()).map(Model::without_spans), Ok(model.without_spans()))
            }
            Err(errors) => {
                refused += 1;
                assert!(!errors.is_empty() && errors.is_sorted_by_key(|error| error.span.start));
                assert!(errors.iter().all(|error| text.get(error.span.start..error.span.end).is_some()), "seed {seed}");
            }
        }
    }
    assert!((5_000..20_000).contains(&refused), "{refused}");
}
