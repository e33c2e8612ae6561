//! Reads the expression of a permission.
//!
//! The precedence is SpiceDB's (`ComputeExpressionOperators` in its `pkg/schemadsl/parser/parser.go`): `+` binds
//! tightest, then `&`, then `-`. Operators of one kind group from the left: `a - b - c` is `(a - b) - c`.

use super::Parser;
use crate::error::ErrorKind;
use crate::lexer::TokenKind;
use crate::{Expression, Span};

/// How deep an expression may be nested. Everything that walks an expression recurses, so this bounds the stack.
pub(crate) const DEEPEST: usize = 64;

/// An expression with what the parser needs to know of it.
struct Operand {
    expression: Expression,
    depth: usize,
    span: Span,
    /// Its outermost operator, unless it is in parentheses.
    bare: Option<TokenKind>,
}

/// From the loosest to the tightest.
const OPERATORS: [TokenKind; 3] = [TokenKind::Minus, TokenKind::Ampersand, TokenKind::Plus];

impl Parser<'_, '_> {
    pub(super) fn expression(&mut self) -> Option<Expression> {
        self.operation(0, 0).map(|operand| operand.expression)
    }

    /// Reads operands that are joined by the operator of this level, or of tighter ones.
    fn operation(&mut self, level: usize, parentheses: usize) -> Option<Operand> {
        let Some(operator) = OPERATORS.get(level).copied() else {
            return self.operand(parentheses);
        };
        let mut left = self.operation(level + 1, parentheses)?;
        while self.skip(operator) {
            let right = self.operation(level + 1, parentheses)?;
            left = self.join(operator, left, right)?;
        }
        Some(left)
    }

    fn join(&mut self, operator: TokenKind, left: Operand, right: Operand) -> Option<Operand> {
        let span = Span { start: left.span.start, end: right.span.end };
        if [left.bare, right.bare].into_iter().flatten().any(|bare| bare != operator) {
            self.parsed.mixed.push(span);
        }
        let flat = matches!(
            (operator, &left.expression),
            (TokenKind::Plus, Expression::Union(_)) | (TokenKind::Ampersand, Expression::Intersection(_))
        );
        let left_depth = if flat { left.depth } else { left.depth + 1 };
        let depth = left_depth.max(right.depth + 1);
        self.check_depth(depth, span)?;
        let expression = match operator {
            TokenKind::Plus => Expression::Union(flatten(left.expression, right.expression, union_operands)),
            TokenKind::Ampersand => {
                Expression::Intersection(flatten(left.expression, right.expression, intersection_operands))
            }
            _ => Expression::Exclusion(Box::new(left.expression), Box::new(right.expression)),
        };
        Some(Operand { expression, depth, span, bare: Some(operator) })
    }

    fn check_depth(&mut self, depth: usize, span: Span) -> Option<()> {
        if depth <= DEEPEST {
            return Some(());
        }
        let message =
            format!("the expression is nested more than {DEEPEST} levels deep; split it into several permissions");
        self.error(ErrorKind::TooDeep, span, message);
        None
    }

    fn operand(&mut self, parentheses: usize) -> Option<Operand> {
        let span = self.span();
        if self.skip(TokenKind::OpenParenthesis) {
            self.check_depth(parentheses + 1, span)?;
            let inner = self.operation(0, parentheses + 1)?;
            let end = self.span().end;
            self.expect(TokenKind::CloseParenthesis, "`)`, or an operator before the end of the line")?;
            return Some(Operand { span: Span { start: span.start, end }, bare: None, ..inner });
        }
        if self.is_keyword("nil") {
            self.next();
            return Some(Operand { expression: Expression::Nil, depth: 1, span, bare: None });
        }
        let (name, span) = self.name("a relation, a permission, `nil` or `(`")?;
        let expression = match self.kind() {
            TokenKind::Arrow | TokenKind::Period => self.arrow(name, span)?,
            _ => Expression::Name(name.to_owned(), span),
        };
        let span = if let Expression::Arrow(_, _, whole) | Expression::AllArrow(_, _, whole) = &expression {
            *whole
        } else {
            span
        };
        Some(Operand { expression, depth: 1, span, bare: None })
    }

    /// Reads `->name`, `.any(name)` or `.all(name)`.
    fn arrow(&mut self, relation: &str, mut span: Span) -> Option<Expression> {
        let all = if self.skip(TokenKind::Arrow) { None } else { Some(self.arrow_function()?) };
        let (target, target_span) = self.name("a relation or permission of the objects that the arrow leads to")?;
        span.end = target_span.end;
        if all.is_some() {
            span.end = self.span().end;
            self.expect(TokenKind::CloseParenthesis, "`)` after the name")?;
        }
        if matches!(self.kind(), TokenKind::Arrow | TokenKind::Period) {
            let message =
                "an arrow leads over one relation; declare a permission on the type between, and name it here";
            self.error(ErrorKind::NestedArrow, span, message);
            return None;
        }
        let (relation, target) = (relation.to_owned(), target.to_owned());
        Some(match all {
            Some(true) => Expression::AllArrow(relation, target, span),
            _ => Expression::Arrow(relation, target, span),
        })
    }

    /// Reads `.any(` or `.all(`. Returns whether it is `all`.
    fn arrow_function(&mut self) -> Option<bool> {
        self.next();
        let all = self.is_word("all");
        if !all && !self.is_word("any") {
            self.unexpected("`any` or `all` after `.`");
            return None;
        }
        self.next();
        self.expect(TokenKind::OpenParenthesis, "`(` after `any` or `all`")?;
        Some(all)
    }
}

/// Joins operands, where an operand of the same kind gives its own operands, as in SpiceDB.
fn flatten(left: Expression, right: Expression, operands: fn(Expression) -> Vec<Expression>) -> Vec<Expression> {
    let mut all = operands(left);
    all.extend(operands(right));
    all
}

fn union_operands(expression: Expression) -> Vec<Expression> {
    match expression {
        Expression::Union(operands) => operands,
        other => vec![other],
    }
}

fn intersection_operands(expression: Expression) -> Vec<Expression> {
    match expression {
        Expression::Intersection(operands) => operands,
        other => vec![other],
    }
}
