//! Whether a trigger's function gives the new row another organization.

use super::sql_tokens;

/// `NEW.org_id := ..`, `NEW.org_id = ..`, `INTO .., NEW.org_id`, and the whole row: `NEW := ..`, `INTO NEW`.
pub(super) fn assigns(source: &str, column: &str) -> bool {
    let tokens = tokens(source);
    let text = |at: usize| tokens.get(at).map_or("", String::as_str);
    let column = column.to_lowercase();
    tokens.iter().enumerate().filter(|(_, token)| *token == "new").any(|(at, _)| {
        let field = text(at + 1) == ".";
        if field && text(at + 2) != column {
            return false;
        }
        let next = if field { at + 3 } else { at + 1 };
        let begins = at.checked_sub(1).is_none_or(|before| STARTS.contains(&text(before)));
        begins && matches!(text(next), ":=" | "=") || into(&tokens[..at])
    })
}

/// A trigger's function may answer with NEW, OLD or NULL, or the one of NEW and OLD that there is; another record is another row.
pub(super) fn returns_another(source: &str) -> bool {
    let tokens = tokens(source);
    if tokens.windows(3).any(|three| three == ["alias", "for", "new"]) {
        return true;
    }
    let returns = tokens.iter().enumerate().filter(|(_, token)| *token == "return");
    returns.into_iter().any(|(at, _)| {
        let answer: Vec<&str> = tokens[at + 1..].iter().map(String::as_str).take_while(|token| *token != ";").collect();
        let answer: Vec<&str> = answer.into_iter().filter(|token| !matches!(*token, "(" | ")")).collect();
        !matches!(
            answer[..],
            ["new" | "old" | "null"] | ["coalesce", "new", ",", "old"] | ["coalesce", "old", ",", "new"]
        )
    })
}

/// What gives a value to sessions that act for other organizations: no policy covers any of it.
pub(super) fn tells_others(source: &str) -> Option<&'static str> {
    let lower = source.to_lowercase();
    // In a statement that is put together as text, too. The last is the function of the extension `tcn`.
    let mut words = lower.split(|c: char| !c.is_alphanumeric() && c != '_');
    if words.any(|word| matches!(word, "pg_notify" | "notify" | "triggered_change_notification")) {
        return Some("notifies, and every session may listen");
    }
    let tokens = tokens(source);
    tokens.iter().enumerate().find_map(|(at, token)| match token.as_str() {
        "set_config" if !ends_with_the_transaction(&tokens[at..]) => {
            Some("keeps a setting in the session, which the next organization's transactions have too")
        }
        "lo_from_bytea" | "lo_create" | "lo_creat" | "lo_put" | "lowrite" | "lo_import" => {
            Some("writes large objects, which belong to the service's role and so to every organization")
        }
        "setval" => Some("sets a sequence, whose number every organization's session may see"),
        "pg_logical_emit_message" => Some("writes a message that every logical replica reads"),
        _ => None,
    })
}

/// `set_config(.., .., true)`.
fn ends_with_the_transaction(tokens: &[String]) -> bool {
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate() {
        match token.as_str() {
            "(" => depth += 1,
            ")" if depth <= 1 => return at > 0 && tokens[at - 1] == "true",
            ")" => depth -= 1,
            _ => {}
        }
    }
    false
}

/// What reads rows: `FROM` of a query, which is not the one of `extract(.. FROM ..)` or `IS DISTINCT FROM`.
pub(super) fn reads_tables(source: &str) -> bool {
    let tokens = tokens(source);
    let mut open: Vec<&str> = Vec::new();
    let mut last = "";
    for token in tokens.iter().map(String::as_str) {
        match token {
            "(" => open.push(last),
            ")" => drop(open.pop()),
            "join" | "table" | "execute" | "perform" | "call" => return true,
            "from" if last != "distinct" && !open.last().is_some_and(|name| TAKES_FROM.contains(name)) => return true,
            _ => {}
        }
        last = token;
    }
    false
}

const TAKES_FROM: [&str; 5] = ["extract", "substring", "trim", "overlay", "position"];

/// The tokens before a statement of PL/pgSQL.
const STARTS: [&str; 6] = [";", "begin", "then", "else", "loop", ">>"];

/// Whether only targets of an `INTO` come before it.
fn into(before: &[String]) -> bool {
    let mut before = before.iter().rev().skip_while(|token| {
        let name = token.chars().all(|c| c.is_alphanumeric() || c == '_');
        (name && !matches!(token.as_str(), "into" | "select" | "values" | "from" | "return"))
            || matches!(token.as_str(), "," | ".")
    });
    before.next().is_some_and(|token| token == "into")
}

/// In lower case, as the server reads names.
fn tokens(source: &str) -> Vec<String> {
    sql_tokens::tokens(source).into_iter().map(|token| token.to_lowercase()).collect()
}

#[cfg(test)]
mod tests {
    use super::{assigns, reads_tables, returns_another, tells_others};

    #[test]
    fn what_other_sessions_see_is_told() {
        for source in [
            "BEGIN PERFORM set_config('app.last', NEW.note, false); RETURN NEW; END",
            "BEGIN PERFORM set_config('app.last', lower(NEW.note), NEW.paid); RETURN NEW; END",
            "BEGIN PERFORM lo_from_bytea(0, convert_to(NEW.note, 'UTF8')); RETURN NEW; END",
            "BEGIN PERFORM pg_catalog.setval('s', NEW.cents); RETURN NEW; END",
            "BEGIN NOTIFY changes; RETURN NEW; END",
        ] {
            assert!(tells_others(source).is_some(), "{source}");
        }
        for source in [
            "BEGIN PERFORM set_config('app.last', lower(NEW.note), true); RETURN NEW; END",
            "BEGIN NEW.note := 'set_config(1)'; RETURN NEW; END",
        ] {
            assert_eq!(tells_others(source), None, "{source}");
        }
    }

    #[test]
    fn a_row_from_elsewhere_is_told() {
        for source in [
            "DECLARE r invoices; BEGIN r := NEW; r.org_id := x; RETURN r; END",
            "BEGIN RETURN ROW(1, 2); END",
            "DECLARE n ALIAS FOR NEW; BEGIN n.org_id := x; RETURN NEW; END",
            "BEGIN IF a THEN RETURN NEW; END IF; RETURN jsonb_populate_record(NEW, '{}'); END",
        ] {
            assert!(returns_another(source), "{source}");
        }
        for source in
            ["BEGIN RETURN NEW; END", "BEGIN RETURN COALESCE(NEW, OLD); END", "BEGIN RETURN (NULL); END", "BEGIN END"]
        {
            assert!(!returns_another(source), "{source}");
        }
    }

    #[test]
    fn queries_are_told_from_functions_with_from() {
        for source in ["SELECT 1 FROM t", "RETURN (TABLE t)", "EXECUTE x", "SELECT extract(epoch FROM a) FROM t"] {
            assert!(reads_tables(source), "{source}");
        }
        for source in [
            "SELECT extract(year FROM $1)",
            "RETURN a IS DISTINCT FROM b",
            "SELECT trim(both FROM substring(a FROM 2))",
        ] {
            assert!(!reads_tables(source), "{source}");
        }
    }

    #[test]
    fn assignments_are_told_from_comparisons() {
        for source in [
            "BEGIN NEW.org_id := NULL; RETURN NEW; END",
            "begin if true then new . \"org_id\" = x; end if; return new; end",
            "BEGIN SELECT a, b INTO STRICT x, NEW.org_id FROM t; RETURN NEW; END",
            "BEGIN IF a THEN NULL; ELSE NEW.org_id = b; END IF; END",
            "BEGIN NEW := jsonb_populate_record(NEW, '{}'); RETURN NEW; END",
            "BEGIN SELECT * INTO NEW FROM t; RETURN NEW; END",
            "BEGIN /* why */ NEW.org_id -- because\n := x; END",
        ] {
            assert!(assigns(source, "org_id"), "{source}");
        }
        for source in [
            "BEGIN IF NEW.org_id = OLD.org_id THEN RETURN NEW; END IF; END",
            "BEGIN NEW.name := NEW.org_id; RETURN NEW; END",
            "BEGIN INSERT INTO log VALUES (NEW.org_id); RETURN NEW; END",
            "BEGIN -- NEW.org_id := x\n RETURN NEW; END",
            "BEGIN PERFORM 'NEW.org_id := x'; RETURN NEW; END",
            "BEGIN INSERT INTO log SELECT NEW.org_id; RETURN NEW; END",
        ] {
            assert!(!assigns(source, "org_id"), "{source}");
        }
    }
}
