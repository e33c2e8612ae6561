use super::model;
use crate::{Expression, Model, Span};

/// Writes an expression so that its structure shows.
fn structure(expression: &Expression) -> String {
    let list = |operands: &[Expression]| operands.iter().map(structure).collect::<Vec<_>>().join(" ");
    match expression {
        Expression::Nil => "nil".to_owned(),
        Expression::Name(name, _) => name.clone(),
        Expression::Arrow(relation, name, _) => format!("any({relation} {name})"),
        Expression::AllArrow(relation, name, _) => format!("all({relation} {name})"),
        Expression::Union(operands) => format!("(+ {})", list(operands)),
        Expression::Intersection(operands) => format!("(& {})", list(operands)),
        Expression::Exclusion(left, right) => format!("(- {} {})", structure(left), structure(right)),
    }
}

fn permission(expression: &str) -> String {
    let text = format!(
        "definition user {{}}\ndefinition doc {{\nrelation aaa: user\nrelation bbb: user\nrelation ccc: user\n\
         relation ddd: user\nrelation parent: doc\npermission test = {expression}\n}}"
    );
    let model = model(&text);
    structure(&model.definition("doc").and_then(|doc| doc.permission("test")).expect("declared").expression)
}

#[test]
fn operators_bind_as_in_spicedb() {
    for (text, expected) in [
        ("aaa", "aaa"),
        ("nil", "nil"),
        ("aaa + bbb + ccc", "(+ aaa bbb ccc)"),
        ("aaa + (bbb + ccc)", "(+ aaa bbb ccc)"),
        ("(aaa & bbb) & (ccc & ddd)", "(& aaa bbb ccc ddd)"),
        ("aaa - bbb - ccc", "(- (- aaa bbb) ccc)"),
        ("aaa - (bbb - ccc)", "(- aaa (- bbb ccc))"),
        ("aaa - bbb + ccc", "(- aaa (+ bbb ccc))"),
        ("aaa + bbb - ccc", "(- (+ aaa bbb) ccc)"),
        ("aaa & bbb + ccc", "(& aaa (+ bbb ccc))"),
        ("aaa + bbb & ccc", "(& (+ aaa bbb) ccc)"),
        ("aaa - bbb & ccc", "(- aaa (& bbb ccc))"),
        ("aaa & bbb - ccc & ddd", "(- (& aaa bbb) (& ccc ddd))"),
        ("(aaa - bbb) + ccc", "(+ (- aaa bbb) ccc)"),
        ("((aaa))", "aaa"),
        ("aaa-bbb", "(- aaa bbb)"),
        ("parent->aaa + bbb", "(+ any(parent aaa) bbb)"),
        ("parent.any(aaa) & parent.all(test)", "(& any(parent aaa) all(parent test))"),
        ("aaa +\n bbb", "(+ aaa bbb)"),
        ("aaa /* one\n comment */ + bbb // another", "(+ aaa bbb)"),
    ] {
        assert_eq!(permission(text), expected, "{text}");
    }
}

#[test]
fn subject_types_are_read() {
    let model = model(
        "use expiration\ndefinition user {}\ndefinition org/team { relation member: user | org/team#member; }\n\
         definition doc {\n relation viewer: user | user with expiration | user:* with expiration\n | org/team#member \
         with expiration |\n doc#...\n; relation parent:doc;;}"
            .replace("expiration\n |", "expiration |")
            .as_str(),
    );
    let doc = model.definition("doc").expect("declared");
    let viewer = doc.relation("viewer").expect("declared");
    let subjects: Vec<_> = viewer
        .subjects
        .iter()
        .map(|subject| (subject.definition.as_str(), subject.relation.as_deref(), subject.wildcard, subject.expires))
        .collect();
    let expected = [
        ("user", None, false, false),
        ("user", None, false, true),
        ("user", None, true, true),
        ("org/team", Some("member"), false, true),
        ("doc", None, false, false),
    ];
    assert_eq!(subjects, expected);
    assert!(doc.has("parent"));
}

#[test]
fn words_that_are_keywords_elsewhere_are_names() {
    let text =
        "definition user { relation expiration: user; relation self: user; relation and: user; relation use: user
        permission all = expiration + self
        permission partial = and & use
        relation import: user; relation any: user }";
    let text = text.replace("user }", "user; }");
    assert!(model(&text).definition("user").is_some_and(|user| user.has("partial") && user.has("any")));
}

#[test]
fn documentation_is_kept_and_other_comments_are_not() {
    let model = model(
        "// not this\n/// A person.\n///  Indented.\ndefinition user {} // nor this\n\n/**\n * A document.\n *\n * \
         With a second line.\n */\ndefinition doc { //// nor this\n /** The reader. */\n relation viewer: user /// \
         late\n /* plain */\n /// Who views.\n permission view = viewer\n}",
    );
    let doc = model.definition("doc").expect("declared");
    assert_eq!(model.definition("user").expect("declared").docs, ["A person.", " Indented."]);
    assert_eq!(doc.docs, ["A document.", "", "With a second line."]);
    assert_eq!(doc.relation("viewer").expect("declared").docs, ["The reader."]);
    assert_eq!(doc.permission("view").expect("declared").docs, ["Who views."]);
}

#[test]
fn spans_are_the_bytes_of_what_they_name() {
    let text = "use expiration\n// ünïcödé\ndefinition user {}\ndefinition doc {\n\trelation viewer: user:* with \
                expiration\n\trelation parent: doc\n\tpermission view = viewer + parent.all(view)\n}";
    let model = model(text);
    let of = |span: Span| &text[span.start..span.end];
    let doc = model.definition("doc").expect("declared");
    assert_eq!(of(doc.span), "doc");
    assert_eq!(of(doc.relations[0].span), "viewer");
    assert_eq!(of(doc.relations[0].subjects[0].span), "user:* with expiration");
    assert_eq!(of(doc.permissions[0].span), "view");
    let Expression::Union(operands) = &doc.permissions[0].expression else { panic!("a union") };
    let [Expression::Name(_, name), Expression::AllArrow(_, _, arrow)] = operands.as_slice() else { panic!("two") };
    assert_eq!((of(*name), of(*arrow)), ("viewer", "parent.all(view)"));
}

#[test]
fn empty_texts_are_models() {
    for text in ["", "\n\n", "// only a comment", "use expiration", "use expiration\nuse expiration\r\n"] {
        assert_eq!(Model::parse(text), Ok(Model::default()), "{text:?}");
    }
}

#[test]
fn resolution_accepts_what_spicedb_accepts() {
    for text in [
        // A relation of its own type, with a wildcard behind it.
        "definition user {}\ndefinition doc {\n relation open: user:*\n relation viewer: doc#open\n}",
        // An arrow to a name that one of two types has.
        "definition user {}\ndefinition one { relation own: user; }\ndefinition two {}\ndefinition doc { relation \
         parent: one | two; permission view = parent->own; }",
        // A subject relation that is a permission, and recursion over arrows.
        "definition user {}\ndefinition doc { relation parent: doc; relation own: user | doc#view; permission view = \
         own + parent->view; }",
        // An arrow over a relation that takes a subject relation.
        "definition user {}\ndefinition team { relation member: user; }\ndefinition doc { relation parent: \
         team#member; permission view = parent->member; }",
    ] {
        model(text);
    }
}
