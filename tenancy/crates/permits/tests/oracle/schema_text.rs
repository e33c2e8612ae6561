//! A model as text in SpiceDB's schema language.

use fastrand::Rng;
use std::fmt::Write;
use tenancy_permission_model::{Expression, Model, SubjectType};

/// Leaves out some parentheses, so that the text can mean something else than the model: both sides read the text.
pub(crate) fn schema_text(rng: &mut Rng, model: &Model) -> String {
    let mut text = String::from("use expiration\n");
    for definition in &model.definitions {
        writeln!(text, "definition {} {{", definition.name).expect("a string");
        for relation in &definition.relations {
            let subjects: Vec<_> = relation.subjects.iter().map(subject).collect();
            writeln!(text, "  relation {}: {}", relation.name, subjects.join(" | ")).expect("a string");
        }
        for permission in &definition.permissions {
            writeln!(text, "  permission {} = {}", permission.name, expression(rng, &permission.expression))
                .expect("a string");
        }
        text.push_str("}\n");
    }
    text
}

fn subject(subject: &SubjectType) -> String {
    let mut text = subject.definition.clone();
    if let Some(relation) = &subject.relation {
        text += &format!("#{relation}");
    }
    if subject.wildcard {
        text += ":*";
    }
    if subject.expires {
        text += " with expiration";
    }
    text
}

fn expression(rng: &mut Rng, of: &Expression) -> String {
    match of {
        Expression::Nil => "nil".to_owned(),
        Expression::Name(name, _) => name.clone(),
        Expression::Arrow(relation, name, _) if rng.bool() => format!("{relation}->{name}"),
        Expression::Arrow(relation, name, _) => format!("{relation}.any({name})"),
        Expression::AllArrow(relation, name, _) => format!("{relation}.all({name})"),
        Expression::Union(operands) => joined(rng, operands, " + "),
        Expression::Intersection(operands) => joined(rng, operands, " & "),
        Expression::Exclusion(base, excluded) => format!("{} - {}", operand(rng, base), operand(rng, excluded)),
    }
}

fn joined(rng: &mut Rng, operands: &[Expression], sign: &str) -> String {
    operands.iter().map(|each| operand(rng, each)).collect::<Vec<_>>().join(sign)
}

fn operand(rng: &mut Rng, of: &Expression) -> String {
    let nested = matches!(of, Expression::Union(_) | Expression::Intersection(_) | Expression::Exclusion(..));
    let text = expression(rng, of);
    if nested && rng.u8(..3) > 0 { format!("({text})") } else { text }
}
