//! Writes a model as canonical text.

use crate::{Definition, Expression, Model, Relation, SubjectType};
use std::fmt::{self, Display, Formatter};

/// Writes canonical text, which [`Model::parse`] reads as the same model but for the places.
///
/// Relations come before permissions, and operands that are operations have parentheses.
impl Display for Model {
    fn fmt(&self, to: &mut Formatter<'_>) -> fmt::Result {
        let expires = |relation: &Relation| relation.subjects.iter().any(|subject| subject.expires);
        if self.definitions.iter().any(|definition| definition.relations.iter().any(expires)) {
            to.write_str("use expiration\n\n")?;
        }
        for (index, definition) in self.definitions.iter().enumerate() {
            if index > 0 {
                to.write_str("\n")?;
            }
            write!(to, "{definition}")?;
        }
        Ok(())
    }
}

/// Writes the definition as canonical text, with a line end.
impl Display for Definition {
    fn fmt(&self, to: &mut Formatter<'_>) -> fmt::Result {
        docs(to, "", &self.docs)?;
        write!(to, "definition {} {{", self.name)?;
        if self.relations.is_empty() && self.permissions.is_empty() {
            return to.write_str("}\n");
        }
        to.write_str("\n")?;
        for relation in &self.relations {
            docs(to, INDENT, &relation.docs)?;
            write!(to, "{INDENT}relation {}: ", relation.name)?;
            joined(to, " | ", &relation.subjects, |to, subject| write!(to, "{subject}"))?;
            to.write_str("\n")?;
        }
        for permission in &self.permissions {
            docs(to, INDENT, &permission.docs)?;
            writeln!(to, "{INDENT}permission {} = {}", permission.name, permission.expression)?;
        }
        to.write_str("}\n")
    }
}

/// Writes the entry as in a relation: `team#member with expiration`.
impl Display for SubjectType {
    fn fmt(&self, to: &mut Formatter<'_>) -> fmt::Result {
        to.write_str(&self.definition)?;
        if let Some(relation) = &self.relation {
            write!(to, "#{relation}")?;
        }
        to.write_str(if self.wildcard { ":*" } else { "" })?;
        to.write_str(if self.expires { " with expiration" } else { "" })
    }
}

/// Writes the expression with parentheses around each operand that is an operation.
impl Display for Expression {
    fn fmt(&self, to: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nil => to.write_str("nil"),
            Self::Name(name, _) => to.write_str(name),
            Self::Arrow(relation, name, _) => write!(to, "{relation}->{name}"),
            Self::AllArrow(relation, name, _) => write!(to, "{relation}.all({name})"),
            // Such a union gives nothing, and has no text of its own.
            Self::Union(operands) | Self::Intersection(operands) if operands.is_empty() => to.write_str("nil"),
            Self::Union(operands) => joined(to, " + ", operands, operand),
            Self::Intersection(operands) => joined(to, " & ", operands, operand),
            Self::Exclusion(left, right) => {
                operand(to, left)?;
                to.write_str(" - ")?;
                operand(to, right)
            }
        }
    }
}

const INDENT: &str = "    ";

fn operand(to: &mut Formatter<'_>, expression: &Expression) -> fmt::Result {
    match expression {
        Expression::Union(_) | Expression::Intersection(_) | Expression::Exclusion(..) => write!(to, "({expression})"),
        _ => write!(to, "{expression}"),
    }
}

fn joined<T>(
    to: &mut Formatter<'_>,
    between: &str,
    items: &[T],
    write: impl Fn(&mut Formatter<'_>, &T) -> fmt::Result,
) -> fmt::Result {
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            to.write_str(between)?;
        }
        write(to, item)?;
    }
    Ok(())
}

fn docs(to: &mut Formatter<'_>, indent: &str, lines: &[String]) -> fmt::Result {
    // A line end inside of a line would end the comment.
    for line in lines.iter().flat_map(|line| line.split(['\n', '\r'])) {
        let space = if line.is_empty() { "" } else { " " };
        writeln!(to, "{indent}///{space}{line}")?;
    }
    Ok(())
}
