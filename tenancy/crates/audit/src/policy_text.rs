//! Policies as text: the generated condition against what the server prints.

use super::sql_tokens::tokens;
use tenancy_rls::__private::Verifier;

/// The text without what the server adds or leaves out: grouping parentheses, `AS` names, casts to text, the schema of
/// built-in names, the long form of an operator, quotes.
///
/// It is compared with the tokens of *one comparison of rows*, whose types grouping cannot change, and a call before it.
pub(super) fn canonical(text: &str) -> Vec<String> {
    let tokens = tokens(text);
    let mut kept: Vec<String> = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let rest: Vec<&str> = tokens[at..].iter().take(6).map(String::as_str).collect();
        let skip = match rest[..] {
            ["operator" | "OPERATOR", "(", "pg_catalog", ".", symbol, ")", ..] => {
                kept.push(symbol.to_owned());
                6
            }
            ["pg_catalog", ".", ..] | ["AS" | "as", _, ..] | ["::", "text", ..] => 2,
            ["::", "pg_catalog", ".", "text", ..] => 4,
            ["::", "character", "varying", ..] => 3,
            ["(", ")", ..] => {
                kept.push("()".to_owned());
                2
            }
            ["(" | ")", ..] => 1,
            [token, ..] => {
                kept.push(token.to_owned());
                1
            }
            [] => 1,
        };
        at += skip;
    }
    kept
}

/// Something in the text is true for every row.
pub(super) fn always_true(text: &str) -> bool {
    let tokens = canonical(text);
    let word = |at: usize| tokens.get(at).map_or("", String::as_str);
    let boundary = |at: usize| matches!(word(at), "" | "OR" | "or");
    (0..tokens.len()).any(|at| {
        let open = at == 0 || matches!(word(at - 1), "OR" | "or");
        let alone = open && word(at) == "true" && boundary(at + 1);
        let same = open && word(at + 1) == "=" && word(at) == word(at + 2) && boundary(at + 3);
        alone || same
    })
}

/// Returns whether a call of one of our functions, or a read of a setting, is outside of a sub-select; `None` for a text without such a
/// call. A function that is called while a statement is planned is not part of the plan, so it does not count.
pub(super) fn bare_call(text: &str) -> Option<bool> {
    let tokens = tokens(text);
    let calls = |at: &usize| {
        let of_ours = tokens[*at] == "tenancy" && tokens.get(at + 1).is_some_and(|next| next == ".");
        let planning = tokens.get(at + 2).is_some_and(|name| name == Verifier::MayPlan.name());
        tokens[*at] == "current_setting" || of_ours && !planning
    };
    let call = (0..tokens.len()).find(calls)?;
    Some(!tokens[..call].iter().any(|token| token.eq_ignore_ascii_case("select")))
}

/// Whether it compares the organization as earlier releases did, with nothing that is asked before a caller's conditions.
pub(super) fn asks_late(text: &str) -> bool {
    let tokens = canonical(text);
    let ours = |at: usize| matches!(&tokens[at..], [schema, dot, ..] if schema == "tenancy" && dot == ".");
    let early = tokens.windows(3).any(|three| three == ["tenancy", ".", Verifier::MayPlan.name()]);
    !early && (0..tokens.len()).any(ours)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_server_prints_what_was_generated() {
        let pairs = [
            (r#""org_id" OPERATOR(pg_catalog.=) (SELECT tenancy.org())"#, "(org_id = ( SELECT tenancy.org() AS org))"),
            (
                r#"tenancy.may_plan() AND (true, "org_id") OPERATOR(pg_catalog.=) (SELECT true, tenancy.org())"#,
                "(tenancy.may_plan() AND ((true, org_id) = ( SELECT true,\n    tenancy.org() AS org)))",
            ),
            (
                r#""Company" OPERATOR(pg_catalog.=) (SELECT pg_catalog.uuid_send(tenancy.org_rw()))"#,
                r#"("Company" = ( SELECT uuid_send(tenancy.org_rw()) AS uuid_send))"#,
            ),
            (
                r#""org_id" OPERATOR(pg_catalog.=) (SELECT tenancy.org()::pg_catalog.text)"#,
                "((org_id)::text = ( SELECT (tenancy.org())::text AS org))",
            ),
        ];
        for (generated, printed) in pairs {
            assert_eq!(canonical(generated), canonical(printed));
        }
        let ours = canonical(pairs[0].0);
        for other in ["true", "(org_id = tenancy.org())", "((org_id = ( SELECT tenancy.org() AS org)) OR true)"] {
            assert_ne!(ours, canonical(other));
        }
    }

    const OURS: &str = "(tenancy.may_plan() AND ((true, org_id) = ( SELECT true,\n    tenancy.org() AS org)))";

    #[test]
    fn a_condition_that_is_asked_late_is_seen() {
        assert_eq!((asks_late(OURS), bare_call(OURS)), (false, Some(false)));
        for text in ["(org_id = ( SELECT tenancy.org() AS org))", "(org_id = tenancy.org())"] {
            assert!(asks_late(text), "{text}");
        }
        assert!(!asks_late("(org_id = owner)"), "it is another policy");
        assert_eq!(bare_call("(tenancy.may_plan() AND (org_id = tenancy.org()))"), Some(true));
    }

    #[test]
    fn tautologies_are_seen() {
        for text in ["true", "(true)", "((a = 1) OR true)", "(1 = 1)", "((org_id = org_id))"] {
            assert!(always_true(text), "{text}");
        }
        for text in
            [OURS, "(org_id = ( SELECT tenancy.org() AS org))", "(deleted = true)", "(a = 1 AND active)", "(a = b)"]
        {
            assert!(!always_true(text), "{text}");
        }
    }
}
