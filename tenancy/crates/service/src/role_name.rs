//! A role's name of PostgreSQL inside grants.

/// What stands for the role in a text of grants.
const ROLE: &str = "@role@";
/// The longest name that PostgreSQL keeps, in bytes. It cuts a longer one off, and so grants to another role.
const LONGEST: usize = 63;

/// Why a text cannot name the role of grants on PostgreSQL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RoleNameError {
    /// It is empty.
    #[error("the role's name is empty: name the role that receives the grants")]
    Empty,
    /// It has a NUL character, which ends a text on its way to PostgreSQL.
    #[error(
        "the role's name has a NUL character, which no name on PostgreSQL has: name the role as `pg_roles.rolname` does"
    )]
    Nul,
    /// It is longer than 63 bytes. PostgreSQL would cut it off, and so name another role.
    #[error(
        "the role's name is longer than 63 bytes: PostgreSQL cuts names off there. Name the role as `pg_roles.rolname` does"
    )]
    TooLong,
    /// PostgreSQL reads `public` as every role, and `none` as no role, also inside quotes. Names that begin with `pg_` are its own roles', whose
    /// members would all receive the grants.
    #[error(
        "`public` and `none` name no role on PostgreSQL, also inside quotes, and `pg_..` names roles of its own: name the role that receives the \
         grants"
    )]
    Reserved,
}

/// Puts the role's quoted name in each place of a text, in one pass: what the name contains is not read again.
pub fn filled(text: &str, role: &str) -> Result<String, RoleNameError> {
    if role.is_empty() {
        return Err(RoleNameError::Empty);
    }
    if role.contains('\0') {
        return Err(RoleNameError::Nul);
    }
    if role.len() > LONGEST {
        return Err(RoleNameError::TooLong);
    }
    if matches!(role, "public" | "none") || role.starts_with("pg_") {
        return Err(RoleNameError::Reserved);
    }
    let quoted = format!("\"{}\"", role.replace('"', "\"\""));
    Ok(text.split(ROLE).collect::<Vec<_>>().join(&quoted))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_put_into_each_place_once() {
        assert_eq!(filled("GRANT a TO @role@; b FROM @role@;", "x").unwrap(), "GRANT a TO \"x\"; b FROM \"x\";");
        // What the name contains is no place, and no end of the name.
        assert_eq!(filled("TO @role@;", "@role@\" FROM x;--").unwrap(), "TO \"@role@\"\" FROM x;--\";");
        let both = "a FROM @role@; TO @role@;";
        assert_eq!(filled("TO @role@; FROM @role@;", both).unwrap(), format!("TO \"{both}\"; FROM \"{both}\";"));
    }

    #[test]
    fn a_text_that_names_another_role_is_rejected() {
        let refused = |role: &str| filled("TO @role@;", role).unwrap_err();
        assert_eq!(refused(""), RoleNameError::Empty);
        assert_eq!(refused("gateway\0x"), RoleNameError::Nul);
        assert_eq!(refused(&"é".repeat(32)), RoleNameError::TooLong);
        for reserved in ["public", "none", "pg_monitor"] {
            assert_eq!(refused(reserved), RoleNameError::Reserved);
        }
        assert!(filled("TO @role@;", &"x".repeat(63)).is_ok());
    }
}
