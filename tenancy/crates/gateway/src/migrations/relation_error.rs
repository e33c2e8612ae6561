//! Why a relation with a name of the gateway's is not used.

use std::fmt::{self, Write as _};

/// The longest name that a message repeats, in letters.
const LONGEST: usize = 128;

/// A relation whose name begins with `gateway_` is not one that a migration made, or one that a migration made is missing.
///
/// Names come from the database. The messages escape what would control a terminal.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RelationError {
    /// It is not an ordinary table, or an index of another table.
    #[error(
        "`{}` is {kind}, and the gateway's tables are ordinary tables. Find out which role made it, then rename or drop it: names that \
         begin with `gateway_` are the gateway's",
        Shown(.relation)
    )]
    Kind {
        /// The relation, with its schema.
        relation: String,
        /// What it is.
        kind: &'static str,
    },
    /// The role may use no schema of its `search_path`.
    #[error(
        "the role may use no schema of its `search_path`, so no place for the tables is known: set `search_path` to the schema of the \
         gateway's tables, or grant USAGE on it"
    )]
    NoSchema,
    /// The schema belongs to a role that could drop the tables.
    #[error(
        "the schema `{}` belongs to the role `{}`, which could drop the tables that `{}` makes there. Set `search_path` to a schema of the role that \
         migrates, of the database's owner or of a superuser",
        Shown(.schema), Shown(.owner), Shown(.role)
    )]
    SchemaOwner {
        /// The schema that new tables would be made in.
        schema: String,
        /// The role that owns it.
        owner: String,
        /// The role that migrates.
        role: String,
    },
    /// It lies in another schema than the one that new tables would be made in.
    #[error(
        "`{}` is reached, and this role makes new tables in the schema `{}`, where they would take its place. Set `search_path` of the \
         role that migrates to the schema of the gateway's tables; if the gateway did not make it, rename or drop it",
        Shown(.relation), Shown(.current)
    )]
    Schema {
        /// The relation, with its schema.
        relation: String,
        /// The schema that new tables would be made in. Empty where the role may use none of its `search_path`.
        current: String,
    },
    /// Tables of two schemas are reached.
    #[error(
        "`{}` and `{}` lie in two schemas. Set `search_path` to the schema of the gateway's tables alone",
        Shown(.relation), Shown(.other)
    )]
    Schemas {
        /// The relation, with its schema.
        relation: String,
        /// One of another schema.
        other: String,
    },
    /// It belongs to a role that does not migrate.
    #[error(
        "`{}` belongs to the role `{}`, for which `{}` does not migrate. If that role owns the gateway's tables, run this as that role (where it does not log \
         in: `ALTER ROLE .. SET role = ..` for the role that does); otherwise find out why it made the table, and drop it",
        Shown(.relation), Shown(.owner), Shown(.role)
    )]
    Owner {
        /// The relation, with its schema.
        relation: String,
        /// The role that owns it.
        owner: String,
        /// The role that migrates.
        role: String,
    },
    /// The tables belong to several roles.
    #[error(
        "`{}` belongs to the role `{}`, and other tables of the gateway to `{}`. Find out which role made it; give all tables one owner \
         (`ALTER TABLE .. OWNER TO ..`) or drop it",
        Shown(.relation), Shown(.owner), Shown(.other)
    )]
    Owners {
        /// The relation, with its schema.
        relation: String,
        /// The role that owns it.
        owner: String,
        /// The role that owns others.
        other: String,
    },
    /// It has something that no migration adds, and that changes what a statement does.
    #[error(
        "`{}` has {what}, which no migration added. Find out which role added it, and remove it",
        Shown(.relation)
    )]
    Added {
        /// The relation, with its schema.
        relation: String,
        /// What it has. Names in it are escaped.
        what: String,
    },
    /// What a migration made does not exist, and the record says that the migration is applied.
    #[error(
        "the table `gateway_migrations` says that migration {version} is applied, and {what}. Restore the tables from a backup. If the \
         gateway never had tables here, find out which role made `gateway_migrations`, and drop it"
    )]
    Absent {
        /// The last migration that is recorded.
        version: u32,
        /// What is missing or differs.
        what: String,
    },
}

/// A text of the database's as a message shows it: cut off, and without letters that control a terminal.
pub(super) struct Shown<T>(pub(super) T);

impl<T: AsRef<str>> fmt::Display for Shown<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.0.as_ref();
        for letter in text.chars().take(LONGEST) {
            if controls(letter) {
                write!(f, "{}", letter.escape_unicode())?;
            } else {
                f.write_char(letter)?;
            }
        }
        if text.chars().nth(LONGEST).is_some() { f.write_str("..") } else { Ok(()) }
    }
}

/// Whether a letter controls a terminal, hides, or changes the direction of others.
fn controls(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}')
        || matches!(letter, '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_controls_no_terminal() {
        assert_eq!(Shown("a\u{1b}[2J\n\u{202e}b").to_string(), "a\\u{1b}[2J\\u{a}\\u{202e}b");
        assert_eq!(Shown("x".repeat(500)).to_string(), format!("{}..", "x".repeat(128)));
    }
}
