//! The one tokenizer of SQL and PL/pgSQL texts: policies as the server prints them, and the bodies of functions.

/// Words, names without their quotes, texts with theirs, and symbols; `::`, `:=` and `>>` are one symbol each. Comments are left out.
pub(super) fn tokens(text: &str) -> Vec<String> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let comment = rest.starts_with("--") || rest.starts_with("/*");
        let length = match first {
            '-' if comment => rest.find('\n').unwrap_or(rest.len()),
            '/' if comment => rest.find("*/").map_or(rest.len(), |end| end + 2),
            '"' | '\'' => quoted(rest, first),
            _ if is_word(first) => rest.find(|c| !is_word(c)).unwrap_or(rest.len()),
            _ if ["::", ":=", ">>"].iter().any(|symbol| rest.starts_with(symbol)) => 2,
            _ => first.len_utf8(),
        };
        let token = &rest[..length];
        let name = token.strip_prefix('"').and_then(|token| token.strip_suffix('"'));
        if !comment {
            tokens.push(name.map_or_else(|| token.to_owned(), |name| name.replace("\"\"", "\"")));
        }
        rest = rest[length..].trim_start();
    }
    tokens
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The length of a quoted token, with the quotes; a doubled quote stands for itself.
fn quoted(text: &str, quote: char) -> usize {
    let mut letters = text.char_indices().skip(1).peekable();
    while let Some((at, letter)) = letters.next() {
        if letter == quote && letters.next_if(|(_, next)| *next == quote).is_none() {
            return at + 1;
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::tokens;

    #[test]
    fn names_texts_symbols_and_comments_are_told_apart() {
        let text = "NEW.\"Org \"\"Id\" := 'it''s -- one'::text; -- not read\n /* nor 'this */ <<a>> \"from\" $q$x$q$";
        let expected = [
            "NEW",
            ".",
            "Org \"Id",
            ":=",
            "'it''s -- one'",
            "::",
            "text",
            ";",
            "<",
            "<",
            "a",
            ">>",
            "from",
            "$",
            "q",
            "$",
            "x",
            "$",
            "q",
            "$",
        ];
        assert_eq!(tokens(text), expected);
        for open in ["'never closed", "/* never closed", "\"never closed"] {
            assert!(tokens(open).len() <= 1, "{open}");
        }
        assert_eq!(tokens(""), [""; 0]);
    }
}
