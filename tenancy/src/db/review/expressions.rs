//! What an expression may be: known forms, and functions, operators and types that run no SQL.

use super::Dialect;
use super::found::{Finding, Found};
use super::named::Named;
use super::rules::Rules;
use sqlparser::ast::{
    AccessExpr, ArrayElemTypeDef, BinaryOperator, CastKind, DataType, Expr, Function, FunctionArgumentClause,
    FunctionArguments, InTarget, UnaryOperator, Value,
};

/// Looks at one expression; the walk comes to those inside of it by itself.
pub(super) fn look(expr: &Expr, rules: &Rules, named: &Named<'_>) -> Result<(), Found> {
    match expr {
        Expr::CompoundIdentifier(parts) => named.column(parts),
        Expr::CompoundFieldAccess { root, access_chain } => element(root, access_chain, named),
        Expr::UnaryOp { op: UnaryOperator::Not, .. } => Ok(()),
        Expr::UnaryOp { op, .. } if rules.knows_prefix(&op.to_string()) => Ok(()),
        Expr::UnaryOp { op, .. } => Err(Found::new(Finding::Operator, op)),
        Expr::In { target: InTarget::List(_) | InTarget::Subquery(_), .. } => Ok(()),
        Expr::BinaryOp { op, .. } | Expr::AnyOp { compare_op: op, .. } | Expr::AllOp { compare_op: op, .. } => {
            operator(op, rules)
        }
        Expr::Cast { kind: CastKind::Cast | CastKind::DoubleColon, data_type, format: None, .. } => {
            cast(data_type, rules)
        }
        Expr::TypedString(typed) if rules.dialect == Dialect::Postgres => cast(&typed.data_type, rules),
        Expr::Function(call) => function(call, rules),
        Expr::Value(value) => literal(&value.value),
        known if is_known(known) => Ok(()),
        known if rules.dialect == Dialect::Postgres && is_known_to_postgres(known) => Ok(()),
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
            | Expr::Between { .. }
            | Expr::Like { any: false, .. }
            | Expr::Ceil { .. }
            | Expr::Floor { .. }
            | Expr::Substring { special: true, .. }
            | Expr::Trim { trim_where: None, trim_what: None, .. }
            | Expr::Collate { .. }
            | Expr::Nested(_)
            | Expr::Case { .. }
            | Expr::Exists { .. }
            | Expr::Subquery(_)
            | Expr::Tuple(_)
            | Expr::Wildcard(_)
    )
}

/// The same for forms that SQLite does not have: there another reader would see something else in `position(1 IN notes)`.
fn is_known_to_postgres(expr: &Expr) -> bool {
    matches!(
        expr,
        Expr::IsJson { .. }
            | Expr::IsNormalized { .. }
            | Expr::ILike { any: false, .. }
            | Expr::SimilarTo { .. }
            | Expr::AtTimeZone { .. }
            | Expr::Extract { .. }
            | Expr::Position { .. }
            | Expr::Substring { .. }
            | Expr::Trim { .. }
            | Expr::Overlay { .. }
            | Expr::GroupingSets(_)
            | Expr::Cube(_)
            | Expr::Rollup(_)
            | Expr::Array(_)
            | Expr::Interval(_)
    )
}

/// `t.c[1]`, which the parser takes apart at each dot, or `(..)[1]`. Not `(..).f`, which may call a function.
fn element(root: &Expr, chain: &[AccessExpr], named: &Named<'_>) -> Result<(), Found> {
    let dots = chain.iter().take_while(|access| matches!(access, AccessExpr::Dot(_))).count();
    let (names, subscripts) = chain.split_at(dots);
    if !subscripts.iter().all(|access| matches!(access, AccessExpr::Subscript(_))) {
        return Err(Found::form("a field of a value"));
    }
    if names.is_empty() {
        return Ok(());
    }
    let field = |access: &AccessExpr| match access {
        AccessExpr::Dot(Expr::Identifier(name)) => Some(name.clone()),
        _ => None,
    };
    match (root, names.iter().map(field).collect::<Option<Vec<_>>>()) {
        (Expr::Identifier(first), Some(fields)) => named.column(&[vec![first.clone()], fields].concat()),
        _ => Err(Found::form("a field of a value")),
    }
}

fn function(call: &Function, rules: &Rules) -> Result<(), Found> {
    if call.uses_odbc_syntax || call.parameters != FunctionArguments::None {
        return Err(Found::form("a call"));
    }
    if !rules.knows_function(&call.name) {
        return Err(Found::new(Finding::Function, &call.name));
    }
    let FunctionArguments::List(arguments) = &call.args else { return Ok(()) };
    arguments.clauses.iter().try_for_each(|clause| match clause {
        FunctionArgumentClause::OrderBy(_) | FunctionArgumentClause::JsonNullClause(_) => Ok(()),
        // `json_object(.. RETURNING type)` is a cast to it.
        FunctionArgumentClause::JsonReturningClause(returning) => cast(&returning.data_type, rules),
        _ => Err(Found::form("a clause of a call")),
    })
}

fn operator(operator: &BinaryOperator, rules: &Rules) -> Result<(), Found> {
    let known = match operator {
        BinaryOperator::And | BinaryOperator::Or | BinaryOperator::Is | BinaryOperator::IsNot => true,
        BinaryOperator::Overlaps => rules.dialect == Dialect::Postgres,
        BinaryOperator::PGCustomBinaryOperator(name) => rules.knows_operator(&name.join(".")),
        // Also of those that the parser has a name for some are no database's own, like `<=>`.
        other => rules.knows_operator(&other.to_string()),
    };
    if known { Ok(()) } else { Err(Found::new(Finding::Operator, operator)) }
}

/// In SQLite a cast converts, whatever its type is called. In PostgreSQL a type may have an input function, a cast function or a
/// check of its own.
pub(super) fn cast(to: &DataType, rules: &Rules) -> Result<(), Found> {
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
