//! Why a model cannot be compiled.

/// Why the engine cannot compile a permission of the model. It is found when the engine is built.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CompileError {
    /// A name of the model cannot be part of a statement.
    #[error("the name `{name}` cannot be compiled: use ASCII letters, digits, `_` and `/`")]
    Name {
        /// The name.
        name: String,
    },
    /// The model refers to a type, relation or permission that it does not define.
    #[error("`{permission}` refers to `{name}`, which the model does not define")]
    Unresolved {
        /// The relation or permission, as `type#name`.
        permission: String,
        /// What it refers to.
        name: String,
    },
    /// Both operands of `&` depend on the permission itself.
    #[error(
        "`{permission}` is recursive in more than one operand of `&`; \
         at most one operand may depend on the permission itself"
    )]
    RecursiveIntersection {
        /// The permission, as `type#name`.
        permission: String,
    },
    /// The right operand of `-` depends on the permission itself, so that there is no stable answer.
    #[error(
        "`{permission}` is recursive in the right operand of `-`; \
         only the left operand may depend on the permission itself"
    )]
    RecursiveExclusion {
        /// The permission, as `type#name`.
        permission: String,
    },
    /// An `.all` arrow leads back to the permission itself.
    #[error(
        "`{permission}` is recursive through `.all`; use `.any`, or an arrow to a permission that does not lead back"
    )]
    RecursiveAll {
        /// The permission, as `type#name`.
        permission: String,
    },
    /// The relation to the organization, which a question may imply, is part of a recursion.
    #[error(
        "`{permission}` is recursive through the relation to the organization; let organizations not refer to the type"
    )]
    RecursiveOrganization {
        /// The permission, as `type#name`.
        permission: String,
    },
    /// More than one relation of the type could be the one to its organization.
    #[error(
        "the type `{definition}` has several relations to an organization; \
         give the one to its own organization the name `{name}`"
    )]
    AmbiguousOrganization {
        /// The object type.
        definition: String,
        /// The name of the organization type.
        name: String,
    },
    /// The permission is too large for one statement.
    #[error(
        "`{permission}` compiles to a statement of more than {limit} bytes; name fewer permissions that share parts"
    )]
    TooLarge {
        /// The permission, as `type#name`.
        permission: String,
        /// The limit, in bytes.
        limit: usize,
    },
}
