//! Names and texts inside SQL. Whatever a declaration holds, it stays a name.

/// `"name"`.
pub fn ident(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// `"schema"."name"`.
pub fn qualified(schema: &str, name: &str) -> String {
    format!("{}.{}", ident(schema), ident(name))
}

/// `"a", "b"`.
pub(crate) fn idents<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    names.into_iter().map(ident).collect::<Vec<_>>().join(", ")
}

/// `'text'`, whatever `standard_conforming_strings` says.
pub fn literal(text: &str) -> String {
    let quoted = text.replace('\'', "''");
    if quoted.contains('\\') { format!("E'{}'", quoted.replace('\\', "\\\\")) } else { format!("'{quoted}'") }
}

/// `$tenancy$text$tenancy$`, with a tag that the text does not hold.
pub(crate) fn dollar(text: &str) -> String {
    let mut tag = "$tenancy$".to_owned();
    let mut next = 0;
    while text.contains(&tag) {
        tag = format!("$tenancy{next}$");
        next += 1;
    }
    format!("{tag}{text}{tag}")
}

/// `DO` with a PL/pgSQL block.
pub fn block(body: &str) -> String {
    format!("DO {}", dollar(&format!("\n{body}\n")))
}

/// A line that stays one line inside a `--` comment.
pub(crate) fn comment(text: &str) -> String {
    text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect()
}

/// A name that no other pair of a table and a purpose has, within the 63 bytes that PostgreSQL keeps.
pub(crate) fn derived(table: &str, purpose: &str) -> String {
    use sha2::{Digest as _, Sha256};
    let whole = format!("{table}_{purpose}");
    if whole.len() <= 63 {
        return whole;
    }
    let hash = Sha256::digest(whole.as_bytes()).iter().take(4).map(|byte| format!("{byte:02x}")).collect::<String>();
    let room = 63 - hash.len() - "_tenancy_".len();
    let cut = (0..=room).rev().find(|&end| table.is_char_boundary(end)).unwrap_or(0);
    format!("{}_tenancy_{hash}", &table[..cut.min(table.len())])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_texts_cannot_end_early() {
        assert_eq!(qualified("a\"b", "Select"), r#""a""b"."Select""#);
        assert_eq!(literal("it's"), "'it''s'");
        assert_eq!(literal(r"a\'b"), r"E'a\\''b'");
        assert_eq!(dollar("x $tenancy$ y"), "$tenancy0$x $tenancy$ y$tenancy0$");
        assert_eq!(comment("a\nDROP TABLE b"), "a DROP TABLE b");
    }

    #[test]
    fn derived_names_fit_and_differ() {
        assert_eq!(derived("invoices", "tenancy_key"), "invoices_tenancy_key");
        let long = "ä".repeat(40);
        let (key, index) = (derived(&long, "tenancy_key"), derived(&long, "tenancy_org"));
        assert!(key.len() <= 63 && index.len() <= 63 && key != index, "{key} {index}");
    }
}
