//! The second document, `reach.sql`: what statements reach beside tables and grants.

use super::record::{Oid, none_is_empty, records};
use serde::Deserialize;

records! {
    /// The whole of it; `failed` is the server's text, when it could not be read.
    Reach {
        owned: Vec<Possession>,
        calls: Vec<Call>,
        policy_trees: Vec<PolicyTree>,
        domain_casts: Vec<DomainCast>,
        reads: Vec<Read>,
        types: Vec<UsedType>,
        names: Vec<Name>,
        namesakes: Vec<Namesake>,
        odd: Vec<Odd>,
        languages: Vec<String>,
        native: Vec<String>,
        mentions: Vec<Mention>,
        wall: Vec<WallObject>,
        key_lacks: Vec<String>,
        key_columns: Vec<String>,
        paths: Paths,
        template: bool,
        classes: Vec<IndexClass>,
        failed: String,
    }
    /// An object of a role that is no superuser.
    Possession { owner: Oid, class: String, oid: Oid, kind: String, schema: String, object: String, extension: bool, }
    /// A stored expression calls a function: of `rel`, a relation or, for a domain's check, a type.
    Call {
        kind: String, rel: Oid, name: String, restrictive: bool, function: Oid, called: String, own: bool, leakproof: bool,
        takes: i64,
    }
    PolicyTree { rel: Oid, name: String, restrictive: bool, tree: String, }
    DomainCast { kind: String, rel: Oid, name: String, restrictive: bool, r#type: Oid, }
    /// A stored expression names a relation.
    Read { kind: String, rel: Oid, name: String, reads: Oid, read: String, }
    /// A user's type, with the tables whose columns are made of it.
    UsedType { oid: Oid, name: String, kind: String, tables: Vec<Oid>, }
    Name { schema: String, name: String, oid: Oid, }
    /// Has a name of the server's own. `plain`: it takes numbers, dates and booleans only.
    Namesake { schema: String, object: String, owner: Oid, operator: bool, plain: bool, }
    Odd { object: String, why: String, }
    Mention { object: String, schema: String, name: String, }
    WallObject { kind: String, object: String, name: String, }
    /// `search_path` as this session began with it, and as the server was made.
    Paths { start: String, made: String, }
    /// An index uses an operator class of a user.
    IndexClass { rel: Oid, index: String, class: String, }
}
