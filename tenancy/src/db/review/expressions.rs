//! What an expression may be: known forms, and functions, operators and types that run no SQL.

use super::Dialect;
use super::found::{Finding, Found};
use super::names::folded;
use super::rules::Rules;
use sqlparser::ast::{
    AccessExpr, ArrayElemTypeDef, BinaryOperator, CastKind, DataType, Expr, Function, FunctionArguments, Ident,
    InTarget, Value,
};

/// Looks at one expression; the walk comes to those inside of it by itself.
pub(super) fn look(expr: &Expr, rules: &Rules) -> Result<(), Found> {
    match expr {
        Expr::CompoundIdentifier(parts) => column(parts, rules),
        Expr::CompoundFieldAccess { root, access_chain } => element(root, access_chain, rules),
        Expr::In { target: InTarget::List(_) | InTarget::Subquery(_), .. } => Ok(()),
        Expr::BinaryOp { op, .. } | Expr::AnyOp { compare_op: op, .. } | Expr::AllOp { compare_op: op, .. } => {
            operator(op, rules)
        }
        Expr::Cast { kind: CastKind::Cast | CastKind::DoubleColon, data_type, format: None, .. } => {
            cast(data_type, rules)
        }
        Expr::TypedString(typed) => cast(&typed.data_type, rules),
        Expr::Function(call) => function(call, rules),
        Expr::Value(value) => literal(&value.value),
        known if is_known(known) => Ok(()),
        _ => Err(Found::form("an expression")),
    }
}

/// Forms that hold nothing but other expressions, and no name that a service could give a meaning.
fn is_known(expr: &Expr) -> bool {
    matches!(
        expr,
        Expr::Identifier(_)
            | Expr::IsFalse(_)
            | Expr::IsNotFalse(_)
            | Expr::IsTrue(_)
            | Expr::IsNotTrue(_)
            | Expr::IsNull(_)
            | Expr::IsNotNull(_)
            | Expr::IsUnknown(_)
            | Expr::IsNotUnknown(_)
            | Expr::IsDistinctFrom(..)
            | Expr::IsNotDistinctFrom(..)
            | Expr::IsJson { .. }
            | Expr::IsNormalized { .. }
            | Expr::Between { .. }
            | Expr::Like { any: false, .. }
            | Expr::ILike { any: false, .. }
            | Expr::SimilarTo { .. }
            | Expr::UnaryOp { .. }
            | Expr::AtTimeZone { .. }
            | Expr::Extract { .. }
            | Expr::Ceil { .. }
            | Expr::Floor { .. }
            | Expr::Position { .. }
            | Expr::Substring { .. }
            | Expr::Trim { .. }
            | Expr::Overlay { .. }
            | Expr::Collate { .. }
            | Expr::Nested(_)
            | Expr::Case { .. }
            | Expr::Exists { .. }
            | Expr::Subquery(_)
            | Expr::GroupingSets(_)
            | Expr::Cube(_)
            | Expr::Rollup(_)
            | Expr::Tuple(_)
            | Expr::Array(_)
            | Expr::Interval(_)
            | Expr::Wildcard(_)
    )
}

/// PostgreSQL reads `t.f` as `f(t)` where `t` has no such column.
fn column(parts: &[Ident], rules: &Rules) -> Result<(), Found> {
    let last = parts.last().map(|ident| folded(ident, rules.dialect)).unwrap_or_default();
    if rules.has_column(&last) { Ok(()) } else { Err(Found::new(Finding::Column, last)) }
}

/// `t.c[1]`, which the parser takes apart at each dot, or `(..)[1]`. Not `(..).f`, which may call a function.
fn element(root: &Expr, chain: &[AccessExpr], rules: &Rules) -> Result<(), Found> {
    let dots = chain.iter().take_while(|access| matches!(access, AccessExpr::Dot(_))).count();
    let (names, subscripts) = chain.split_at(dots);
    if !subscripts.iter().all(|access| matches!(access, AccessExpr::Subscript(_))) {
        return Err(Found::form("a field of a value"));
    }
    match (root, names.last()) {
        (_, None) => Ok(()),
        (Expr::Identifier(_), Some(AccessExpr::Dot(Expr::Identifier(name)))) => {
            column(std::slice::from_ref(name), rules)
        }
        _ => Err(Found::form("a field of a value")),
    }
}

fn function(call: &Function, rules: &Rules) -> Result<(), Found> {
    if call.uses_odbc_syntax || call.parameters != FunctionArguments::None {
        return Err(Found::form("a call"));
    }
    if rules.knows_function(&call.name) { Ok(()) } else { Err(Found::new(Finding::Function, &call.name)) }
}

fn operator(operator: &BinaryOperator, rules: &Rules) -> Result<(), Found> {
    let known = match operator {
        BinaryOperator::Custom(symbol) => rules.knows_operator(symbol),
        BinaryOperator::PGCustomBinaryOperator(name) => rules.knows_operator(&name.join(".")),
        // SQLite calls functions of these names, which an application registers.
        BinaryOperator::Match | BinaryOperator::Regexp => rules.knows_operator(&operator.to_string()),
        BinaryOperator::Assignment | BinaryOperator::DuckIntegerDivide | BinaryOperator::MyIntegerDivide => false,
        _ => true,
    };
    if known { Ok(()) } else { Err(Found::new(Finding::Operator, operator)) }
}

/// In SQLite a cast converts, whatever its type is called. In PostgreSQL a type may have an input function, a cast function or a
/// check of its own.
fn cast(to: &DataType, rules: &Rules) -> Result<(), Found> {
    if rules.dialect == Dialect::Sqlite {
        return Ok(());
    }
    let known = match to {
        DataType::Custom(name, _) => rules.knows_type(name),
        DataType::Array(ArrayElemTypeDef::SquareBracket(element, _) | ArrayElemTypeDef::Qualified(element, _)) => {
            return cast(element, rules);
        }
        DataType::Character(_)
        | DataType::Char(_)
        | DataType::CharacterVarying(_)
        | DataType::CharVarying(_)
        | DataType::Varchar(_)
        | DataType::Uuid
        | DataType::Numeric(_)
        | DataType::Decimal(_)
        | DataType::Dec(_)
        | DataType::Float(_)
        | DataType::Int2(_)
        | DataType::SmallInt(_)
        | DataType::Int(_)
        | DataType::Int4(_)
        | DataType::Int8(_)
        | DataType::Integer(_)
        | DataType::BigInt(_)
        | DataType::Float4
        | DataType::Float8
        | DataType::Real
        | DataType::DoublePrecision
        | DataType::Bool
        | DataType::Boolean
        | DataType::Date
        | DataType::Time(..)
        | DataType::Timestamp(..)
        | DataType::Interval { .. }
        | DataType::JSON
        | DataType::JSONB
        | DataType::Text
        | DataType::Bytea
        | DataType::Bit(_)
        | DataType::BitVarying(_)
        | DataType::VarBit(_)
        | DataType::GeometricType(_)
        | DataType::TsVector
        | DataType::TsQuery => true,
        _ => false,
    };
    if known { Ok(()) } else { Err(Found::new(Finding::Type, to)) }
}

fn literal(value: &Value) -> Result<(), Found> {
    match value {
        Value::Number(..) | Value::SingleQuotedString(_) | Value::Boolean(_) | Value::Null | Value::Placeholder(_) => {
            Ok(())
        }
        // SQLite reads a name in double quotes as a text where no column has it.
        Value::DoubleQuotedString(_) => Ok(()),
        _ => Err(Found::form("a literal")),
    }
}
