//! Whether a trigger's function gives the new row another organization.

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

/// What stands before a statement of PL/pgSQL.
const STARTS: [&str; 6] = [";", "begin", "then", "else", "loop", ">>"];

/// Only targets of an `INTO` stand before it.
fn into(before: &[String]) -> bool {
    let mut before = before.iter().rev().skip_while(|token| {
        let name = token.chars().all(|c| c.is_alphanumeric() || c == '_');
        (name && !matches!(token.as_str(), "into" | "select" | "values" | "from" | "return"))
            || matches!(token.as_str(), "," | ".")
    });
    before.next().is_some_and(|token| token == "into")
}

/// Names in lower case, without quotes; comments are left out.
fn tokens(source: &str) -> Vec<String> {
    let mut tokens = Vec::new();
    let mut rest = source.trim_start();
    while let Some(first) = rest.chars().next() {
        let word = |c: char| c.is_alphanumeric() || c == '_';
        let length = match first {
            _ if rest.starts_with("--") => rest.find('\n').unwrap_or(rest.len()),
            _ if rest.starts_with("/*") => rest.find("*/").map_or(rest.len(), |end| end + 2),
            _ if rest.starts_with(":=") || rest.starts_with(">>") => 2,
            '\'' => rest[1..].find('\'').map_or(rest.len(), |end| end + 2),
            _ if word(first) => rest.find(|c| !word(c)).unwrap_or(rest.len()),
            _ => first.len_utf8(),
        };
        if !rest.starts_with("--") && !rest.starts_with("/*") && first != '"' {
            tokens.push(rest[..length].to_lowercase());
        }
        rest = rest[length..].trim_start();
    }
    tokens
}

#[cfg(test)]
mod tests {
    use super::assigns;

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
