//! Names, values and conjuncts of parsed SQL.

use super::classes::Node;
use sqlparser::ast::{BinaryOperator, Expr, Ident, ObjectName, Value};

/// Something in FROM: the name that it is called by, and its columns that hold organizations.
pub(super) struct Source {
    pub(super) name: String,
    pub(super) columns: Vec<(String, Node)>,
}

/// What is compared, or inserted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operand {
    /// A column that holds organizations; whether it stands on the right side of the join.
    Column { node: Node, right: bool },
    /// A bind whose value is the scope's organization.
    Scope,
    /// Any other bind or literal.
    OtherValue,
}

/// A name as the server knows it.
pub(super) fn folded(ident: &Ident) -> String {
    if ident.quote_style.is_some() { ident.value.clone() } else { ident.value.to_lowercase() }
}

/// The parts of a qualified name.
pub(super) fn names(name: &ObjectName) -> Vec<String> {
    name.0.iter().filter_map(|part| part.as_ident()).map(folded).collect()
}

/// The last part of a qualified name.
pub(super) fn last(name: &ObjectName) -> Option<String> {
    names(name).pop()
}

/// What holds for certain when `expr` does.
pub(super) fn conjuncts<'e>(expr: &'e Expr, into: &mut Vec<&'e Expr>) {
    match expr {
        Expr::Nested(inner) => conjuncts(inner, into),
        Expr::BinaryOp { left, op: BinaryOperator::And, right } => {
            conjuncts(left, into);
            conjuncts(right, into);
        }
        other => into.push(other),
    }
}

/// The operand, if it has to do with organizations or is a plain value.
pub(super) fn operand(expr: &Expr, left: &[Source], right: &[Source], carries: &[bool]) -> Option<Operand> {
    let column = |sources, right| column(expr, sources).map(|node| Operand::Column { node, right });
    column(left, false).or_else(|| column(right, true)).or_else(|| value(expr, carries))
}

pub(super) fn value(expr: &Expr, carries: &[bool]) -> Option<Operand> {
    match expr {
        Expr::Nested(inner) => value(inner, carries),
        Expr::Value(value) => match &value.value {
            Value::Placeholder(name) => {
                let place = name.strip_prefix('$').and_then(|digits| digits.parse::<usize>().ok());
                let carries = place.and_then(|place| carries.get(place.checked_sub(1)?)).copied().unwrap_or(false);
                Some(if carries { Operand::Scope } else { Operand::OtherValue })
            }
            _ => Some(Operand::OtherValue),
        },
        _ => None,
    }
}

/// A column of one of the sources, by its qualified name; by its bare name where there is only one source.
fn column(expr: &Expr, sources: &[Source]) -> Option<Node> {
    let (source, column) = match expr {
        Expr::Nested(inner) => return self::column(inner, sources),
        Expr::CompoundIdentifier(parts) => {
            let [.., table, column] = parts.as_slice() else { return None };
            let table = folded(table);
            let mut called = sources.iter().filter(|source| source.name == table);
            (called.next().filter(|_| called.next().is_none())?, folded(column))
        }
        Expr::Identifier(column) => match sources {
            [only] => (only, folded(column)),
            _ => return None,
        },
        _ => return None,
    };
    source.columns.iter().find(|(name, _)| *name == column).map(|(_, node)| *node)
}
