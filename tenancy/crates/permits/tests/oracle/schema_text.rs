//! A model as text in SpiceDB's schema language.

use std::fmt::Write;
use tenancy_permission_model::{Expression, Model, SubjectType};

pub(crate) fn schema_text(model: &Model) -> String {
    let mut text = String::from("use expiration\n");
    for definition in &model.definitions {
        write!(text, "definition {} {{\n", definition.name).expect("a string");
        for relation in &definition.relations {
            let subjects: Vec<_> = relation.subjects.iter().map(subject).collect();
            writeln!(text, "  relation {}: {}", relation.name, subjects.join(" | ")).expect("a string");
        }
        for permission in &definition.permissions {
            writeln!(text, "  permission {} = {}", permission.name, expression(&permission.expression))
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

fn expression(of: &Expression) -> String {
    let operand = |of: &Expression| match of {
        Expression::Union(_) | Expression::Intersection(_) | Expression::Exclusion(..) => {
            format!("({})", expression(of))
        }
        _ => expression(of),
    };
    let joined = |operands: &[Expression], sign: &str| operands.iter().map(operand).collect::<Vec<_>>().join(sign);
    match of {
        Expression::Nil => "nil".to_owned(),
        Expression::Name(name, _) => name.clone(),
        Expression::Arrow(relation, name, _) => format!("{relation}->{name}"),
        Expression::AllArrow(relation, name, _) => format!("{relation}.all({name})"),
        Expression::Union(operands) => joined(operands, " + "),
        Expression::Intersection(operands) => joined(operands, " & "),
        Expression::Exclusion(base, excluded) => format!("{} - {}", operand(base), operand(excluded)),
    }
}
