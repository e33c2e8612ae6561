use super::mistakes;
use crate::{ErrorKind, ErrorKind::*, Model};

/// Wraps statements of one definition. `user`, `team#member` and the name `own` are declared.
fn doc(statements: &str) -> String {
    format!(
        "definition user {{}}\ndefinition team {{\n relation member: user\n relation anyone: user:*\n relation nested: \
         team#anyone\n}}\ndefinition doc {{\n relation own: user\n{statements}\n}}"
    )
}

fn check(table: &[(&str, ErrorKind, &str)], wrap: fn(&str) -> String) {
    for (text, kind, place) in table {
        let text = wrap(text);
        assert_eq!(mistakes(&text), [(*kind, *place)], "{text}\n{:#?}", Model::parse(&text).err());
    }
}

#[test]
fn unreadable_texts_are_refused() {
    let table = [
        ("definition user { relation own: user }", UnexpectedToken, "}"),
        ("definition user {", UnexpectedToken, ""),
        ("definition user", UnexpectedToken, ""),
        ("definition {}", UnexpectedToken, "{"),
        ("definition a/ {}", UnexpectedToken, "{"),
        ("foo", UnexpectedToken, "foo"),
        ("definition user { foo\n}", UnexpectedToken, "foo"),
        ("definition user {}\ndefinition nil {}", UnexpectedToken, "nil"),
        ("$$$ definition user {}", UnexpectedCharacter, "$$$"),
        ("definition user {} /* never closed", Unterminated, "/* never closed"),
        ("use", UnexpectedToken, ""),
        ("use expiration\ndefinition user { relation and: user; }", UnexpectedToken, "and"),
        ("use expiration\ndefinition user { permission expiration = nil; }", UnexpectedToken, "expiration"),
    ];
    check(&table, str::to_owned);
}

#[test]
fn unreadable_statements_are_refused() {
    let table = [
        ("relation viewer user", UnexpectedToken, "user"),
        ("relation viewer:", UnexpectedToken, "}"),
        ("relation viewer: user |\n", UnexpectedToken, "}"),
        ("relation viewer: user || team", UnexpectedToken, "||"),
        ("relation viewer: user#", UnexpectedToken, "}"),
        ("relation viewer: user:own", UnexpectedToken, "own"),
        ("relation viewer: user with", UnexpectedToken, "\n"),
        ("permission view own", UnexpectedToken, "own"),
        ("permission view = ", UnexpectedToken, "}"),
        ("permission view = own +", UnexpectedToken, "}"),
        ("permission view = own\n + own", UnexpectedToken, "+"),
        ("permission view = (own", UnexpectedToken, "\n"),
        ("permission view = own)", UnexpectedToken, ")"),
        ("permission view = own->nil", UnexpectedToken, "nil"),
        ("permission view = own.some(own)", UnexpectedToken, "some"),
        ("permission view = own.any own", UnexpectedToken, "own"),
        ("permission view = own.any(own", UnexpectedToken, "\n"),
        ("permission view = (own)->own", UnexpectedToken, "->"),
        ("permission view = own relation other: user", UnexpectedToken, "relation"),
        ("permission view = own; permission edit = own % own", UnexpectedToken, "%"),
    ];
    check(&table, doc);
}

#[test]
fn unsupported_constructs_are_refused_each_with_its_own_kind() {
    let table = [
        ("caveat day(now int) { now < 3 && {'}': 1} }\ndefinition user {}", UnsupportedCaveat, "caveat day"),
        ("partial shared { relation own: user }\ndefinition user {}", UnsupportedPartial, "partial shared"),
        ("use partial\ndefinition user {}", UnsupportedUse, "use partial"),
        ("use self\ndefinition user {}", UnsupportedUse, "use self"),
        ("use typechecking", UnsupportedUse, "use typechecking"),
        ("use nothing", UnsupportedUse, "use nothing"),
        ("import \"./other.zed\"\ndefinition user {}", UnsupportedImport, "import \"./other.zed\""),
        ("definition user {\n ...shared\n}", UnsupportedPartial, "...shared"),
        ("definition user {}\nuse expiration", UseAfterDefinition, "use expiration"),
        ("@deprecated\ndefinition user {}", UnsupportedAnnotation, "@deprecated"),
    ];
    check(&table, str::to_owned);
    let table = [
        ("relation viewer: user with day", UnsupportedCaveat, "day"),
        ("relation viewer: user with day and expiration", UnsupportedCaveat, "day"),
        ("relation viewer: user with expiration", MissingUseExpiration, "expiration"),
        ("permission view: user = own", UnsupportedAnnotation, ":"),
        ("permission view = own->own->own", NestedArrow, "own->own"),
        ("permission view = own.all(own).any(own)", NestedArrow, "own.all(own)"),
        ("relation viewer: team#member:*", WildcardOfRelation, "team#member"),
        ("relation viewer: team:*#member", WildcardOfRelation, "team:*"),
    ];
    check(&table, doc);
}

#[test]
fn names_follow_the_rules_of_spicedb() {
    let table = [
        ("relation ab: user", InvalidName, "ab"),
        ("relation _own: user", InvalidName, "_own"),
        ("relation own_: user", InvalidName, "own_"),
        ("relation Own: user", InvalidName, "Own"),
        ("relation 1own: user", InvalidName, "1own"),
        ("relation öwn: user", InvalidName, "öwn"),
        ("permission oWn = own", InvalidName, "oWn"),
    ];
    check(&table, doc);
    let longest = "a".repeat(64);
    for (name, fits) in [
        ("abc".to_owned(), true),
        (longest.clone(), true),
        (format!("{longest}a"), false),
        (format!("{}/{longest}", "a".repeat(63)), true),
        (format!("{longest}/abc"), false),
        (format!("{0}/{0}/{0}", "a".repeat(42)), true),
        (format!("{0}/{0}/{0}", "a".repeat(43)), false),
        ("abc/de".to_owned(), false),
        ("ab/def".to_owned(), false),
    ] {
        let text = format!("definition {name} {{}}");
        let expected: Vec<_> = if fits { vec![] } else { vec![(InvalidName, name.as_str())] };
        assert_eq!(mistakes(&text), expected);
    }
}

#[test]
fn names_that_lead_nowhere_are_refused() {
    let table = [
        ("relation viewer: person", UnknownDefinition, "person"),
        ("relation viewer: doc/user", UnknownDefinition, "doc/user"),
        ("relation viewer: team#members", UnknownSubjectRelation, "team#members"),
        ("permission view = viewer", UnknownName, "viewer"),
        ("permission view = own - (own & viewer)", UnknownName, "viewer"),
        ("permission view = parent->own", UnknownName, "parent->own"),
        ("relation parent: team\npermission view = parent->own", ArrowTargetMissing, "parent->own"),
        ("relation parent: team | user\npermission view = parent.all(own)", ArrowTargetMissing, "parent.all(own)"),
        ("permission self_only = self", UnknownName, "self"),
    ];
    check(&table, doc);
}

#[test]
fn type_errors_are_refused() {
    let table = [
        ("relation own: user", DuplicateName, "own"),
        ("permission own = nil", DuplicateName, "own"),
        ("relation viewer: user | team | user", DuplicateSubject, "user"),
        ("relation viewer: user | user#...; ", DuplicateSubject, "user#..."),
        ("permission edit = own\npermission view = edit->own", ArrowOverPermission, "edit->own"),
        ("relation parent: team:*\npermission view = parent->member", ArrowOverWildcard, "parent->member"),
        ("relation viewer: team#anyone", WildcardThroughRelation, "team#anyone"),
        ("relation viewer: team#nested", WildcardThroughRelation, "team#nested"),
        ("permission view = view", SelfReference, "view"),
        ("permission view = own + view", SelfReference, "view"),
        ("permission view = own\npermission edit = edit2 & own\npermission edit2 = own - edit", SelfReference, "edit"),
    ];
    check(&table, doc);
    let twice = "definition user {}\ndefinition user {}";
    assert_eq!(mistakes(twice), [(DuplicateDefinition, "user")]);
    let through = "definition user {}\ndefinition team {\n relation open: user:*\n relation any: team#open\n relation \
                   leads: team#any\n permission view = leads->any\n}";
    assert_eq!(mistakes(through), [(ArrowOverWildcard, "leads->any")]);
}

#[test]
fn every_mistake_of_a_text_is_reported_in_its_order() {
    let text = "caveat day(now int) { now < 3 }\ndefinition user {\n relation ab: person\n permission view: user = \
                nil\n relation viewer: user with day\n permission edit = viewer + missing\n permission edit = \
                viewer->x->y\n}";
    let kinds: Vec<_> = mistakes(text).into_iter().map(|(kind, _)| kind).collect();
    let expected = [
        UnsupportedCaveat,
        InvalidName,
        UnknownDefinition,
        UnsupportedAnnotation,
        UnsupportedCaveat,
        UnknownName,
        DuplicateName,
        NestedArrow,
    ];
    assert_eq!(kinds, expected);
}

#[test]
fn messages_name_the_place_and_the_fix() {
    let text = "definition user {}\n\ndefinition doc {\n  relation owner: user\n  permission é = owner\n  permission \
                view = onwer\n}";
    let errors: Vec<String> = Model::parse(text).err().into_iter().flatten().map(|error| error.to_string()).collect();
    let expected = [
        "line 5, column 14: `é` cannot be the name of a permission: a name has 3 to 64 characters; rename it",
        "line 6, column 21: `doc` has no relation or permission `onwer`; declare it, or use one that it has: `owner`, \
         `view`, `é`",
    ];
    assert_eq!(errors, expected);
}

#[test]
fn hostile_texts_are_refused_without_overflow() {
    for text in [
        format!("permission view = {}own{}", "(".repeat(10_000), ")".repeat(10_000)),
        format!("permission view = {}", "(".repeat(10_000)),
        format!("permission view = own{}", " - own".repeat(10_000)),
        format!("permission view = {}own", "(own + (own & ".repeat(5_000)),
    ] {
        let kinds: Vec<_> = mistakes(&doc(&text)).into_iter().map(|(kind, _)| kind).collect();
        assert_eq!(kinds, [TooDeep]);
    }
    assert_eq!(mistakes(&doc(&format!("permission view = own{}", " + own".repeat(10_000)))), []);
    assert_eq!(mistakes(&doc(&" ".repeat(300_000))), [(TooLarge, "")]);
    assert_eq!(mistakes(&"x ".repeat(1000)), [(UnexpectedToken, "x")]);
    assert_eq!(mistakes(&"definition a {}\n".repeat(1000)).len(), 100);
    let chain: String = (0..8_000).map(|n| format!("permission p{:04} = p{:04}\n", n, n + 1)).collect();
    assert_eq!(mistakes(&doc(&format!("{chain}permission p8000 = p0000"))), [(SelfReference, "p0000")]);
    assert_eq!(mistakes(&doc(&format!("{chain}permission p8000 = own"))), []);
}
