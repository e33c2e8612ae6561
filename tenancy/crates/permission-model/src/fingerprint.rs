//! A stable hash of what a model means, to notice that two places hold different models.

use crate::{Definition, Expression, Model, Span};
use std::fmt::{self, Write};

impl Model {
    /// Returns a hash of the model: FNV-1a, 128 bits, of its canonical text.
    ///
    /// The same for models that differ in places, comments, or in the order of definitions, relations, permissions,
    /// subject types, or operands of `+` and `&`. It detects drift, and gives no protection against a model that is
    /// made to collide.
    #[must_use]
    pub fn fingerprint(&self) -> u128 {
        let mut hash = Fnv(0x6c62_272e_07bb_0142_62b8_2175_6295_c58d);
        // Writing into the hash cannot fail.
        let _ = write!(hash, "{}", self.canonical());
        hash.0
    }

    /// Returns the model with every span at its default, so that models from differently formatted texts compare as
    /// equal.
    #[must_use]
    pub fn without_spans(mut self) -> Self {
        for definition in &mut self.definitions {
            definition.span = Span::default();
            for relation in &mut definition.relations {
                relation.span = Span::default();
                relation.subjects.iter_mut().for_each(|subject| subject.span = Span::default());
            }
            for permission in &mut definition.permissions {
                permission.span = Span::default();
                permission.expression.clear_spans();
            }
        }
        self
    }

    fn canonical(&self) -> Self {
        let mut model = self.clone();
        model.definitions.sort_by(|left, right| left.name.cmp(&right.name));
        model.definitions.iter_mut().for_each(sort_definition);
        model
    }
}

fn sort_definition(definition: &mut Definition) {
    definition.docs.clear();
    definition.relations.sort_by(|left, right| left.name.cmp(&right.name));
    definition.permissions.sort_by(|left, right| left.name.cmp(&right.name));
    for relation in &mut definition.relations {
        relation.docs.clear();
        relation.subjects.sort_by_cached_key(ToString::to_string);
    }
    for permission in &mut definition.permissions {
        permission.docs.clear();
        permission.expression.sort_operands();
    }
}

impl Expression {
    fn sort_operands(&mut self) {
        match self {
            Self::Union(operands) | Self::Intersection(operands) => {
                operands.iter_mut().for_each(Self::sort_operands);
                operands.sort_by_cached_key(ToString::to_string);
            }
            Self::Exclusion(left, right) => {
                left.sort_operands();
                right.sort_operands();
            }
            Self::Nil | Self::Name(..) | Self::Arrow(..) | Self::AllArrow(..) => {}
        }
    }

    fn clear_spans(&mut self) {
        match self {
            Self::Nil => {}
            Self::Name(_, span) | Self::Arrow(_, _, span) | Self::AllArrow(_, _, span) => *span = Span::default(),
            Self::Union(operands) | Self::Intersection(operands) => operands.iter_mut().for_each(Self::clear_spans),
            Self::Exclusion(left, right) => {
                left.clear_spans();
                right.clear_spans();
            }
        }
    }
}

struct Fnv(u128);

impl Write for Fnv {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;
        for byte in text.bytes() {
            self.0 = (self.0 ^ u128::from(byte)).wrapping_mul(PRIME);
        }
        Ok(())
    }
}
