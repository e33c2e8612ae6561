//! Diesel's names of types against PostgreSQL's.

/// Whether a type of the database matches diesel's type; `None` when diesel's type is unknown here.
pub(super) fn matches(diesel: &str, postgres: &str) -> Option<bool> {
    let name = diesel.rsplit("::").next().unwrap_or(diesel).trim();
    if let Some(element) = name.strip_prefix("Array<").and_then(|rest| rest.strip_suffix('>')) {
        let element = element.strip_prefix("Nullable<").and_then(|rest| rest.strip_suffix('>')).unwrap_or(element);
        return Some(postgres.ends_with("[]") && matches(element, postgres.trim_end_matches("[]")) != Some(false));
    }
    // `character varying(36)`, `numeric(10,2)`, `timestamp(3) with time zone`
    let base = match (postgres.find('('), postgres.find(')')) {
        (Some(open), Some(close)) => format!("{}{}", &postgres[..open], &postgres[close + 1..]),
        _ => postgres.to_owned(),
    };
    // A type of an extension or a user is printed with its schema, an interval with its fields.
    let base = base.rsplit('.').next().unwrap_or(&base).trim().trim_matches('"');
    let base = if base.starts_with("interval") { "interval" } else { base };
    let known: &[&str] = match name {
        "Uuid" => &["uuid"],
        "Binary" | "Bytea" => &["bytea"],
        // Diesel sends and reads `citext` as text.
        "Text" | "VarChar" | "Varchar" | "Char" | "Bpchar" => &["text", "character varying", "character", "citext"],
        "Citext" => &["citext"],
        "Bool" => &["boolean"],
        "SmallInt" | "Int2" => &["smallint"],
        "Integer" | "Int4" => &["integer"],
        "BigInt" | "Int8" => &["bigint"],
        "Float" | "Float4" => &["real"],
        "Double" | "Float8" => &["double precision"],
        "Numeric" | "Decimal" => &["numeric"],
        "Date" => &["date"],
        "Time" => &["time without time zone"],
        "Timestamp" => &["timestamp without time zone"],
        "Timestamptz" | "TimestamptzSqlite" => &["timestamp with time zone"],
        "Json" => &["json"],
        "Jsonb" => &["jsonb"],
        "Inet" => &["inet"],
        "Interval" => &["interval"],
        // A type of the service's own is none of those that diesel has a name for.
        _ => return BUILT_IN.contains(&base).then_some(false),
    };
    Some(known.contains(&base))
}

/// What diesel has names of its own for.
const BUILT_IN: [&str; 20] = [
    "uuid",
    "bytea",
    "text",
    "character varying",
    "character",
    "boolean",
    "smallint",
    "integer",
    "bigint",
    "real",
    "double precision",
    "numeric",
    "date",
    "time without time zone",
    "timestamp without time zone",
    "timestamp with time zone",
    "json",
    "jsonb",
    "inet",
    "interval",
];

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn names_are_compared_without_their_lengths() {
        assert_eq!(matches("Text", "character varying(36)"), Some(true));
        assert_eq!(matches("Timestamptz", "timestamp(3) with time zone"), Some(true));
        assert_eq!(matches("diesel::sql_types::Uuid", "text"), Some(false));
        assert_eq!(matches("Array<Nullable<Text>>", "text[]"), Some(true));
        assert_eq!(matches("Array<Integer>", "integer"), Some(false));
        assert_eq!(matches("Mood", "mood"), None);
        assert_eq!(matches("Mood", "text"), Some(false));
        assert_eq!(matches("Array<Nullable<Mood>>", "text[]"), Some(false));
        assert_eq!(matches("Citext", "public.citext"), Some(true));
        assert_eq!(matches("Array<Nullable<Citext>>", "public.citext[]"), Some(true));
        for interval in ["interval day to second", "interval day to second(3)", "interval(6)", "interval year"] {
            assert_eq!(matches("Interval", interval), Some(true), "{interval}");
        }
        assert_eq!(matches("Interval", "text"), Some(false));
    }
}
