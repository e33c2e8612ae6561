//! Family X: the list of accepted findings. What reads the list is `baseline.rs` beside this folder.

use crate::rule::Check::Baseline;
use crate::rule::Rule;
use crate::rule::Severity::{High, Low};

pub(super) static RULES: &[Rule] = &[
    Rule {
        id: "X01",
        severity: High,
        title: "an accepted finding is past its day",
        what: "The `expires` of each entry of the baseline.",
        why: "What was accepted for a time is not accepted for ever. The finding itself counts again too.",
        fix: "Repair it, or look again and set another day.",
        check: Baseline,
    },
    Rule {
        id: "X02",
        severity: High,
        title: "a finding was accepted without a reason or a day",
        what: "Each entry names a known rule, an object, a reason, and a day as `2027-01-31`.",
        why: "Without them a later review cannot decide whether the entry still holds. The entry is not applied.",
        fix: "Complete the entry, or remove it.",
        check: Baseline,
    },
    Rule {
        id: "X03",
        severity: Low,
        title: "an accepted finding is not there any more",
        what: "Entries of the baseline that meet no finding, of rules that ran.",
        why: "It would hide the same fault when it comes back.",
        fix: "Remove the entry.",
        check: Baseline,
    },
];
