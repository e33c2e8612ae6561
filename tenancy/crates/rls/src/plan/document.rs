//! A plan: steps, validations and advice, and the plan as SQL.

use crate::locked_reads::{PATH, Read};
use crate::options::Target;
use crate::quote;
use serde::Serialize;
use std::fmt::Write as _;

/// One change, which may be made again without harm.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Step {
    /// Stable, for logs and baselines: `policy public.invoices`.
    pub id: String,
    /// Why.
    pub reason: String,
    /// The statements, in order.
    pub up: Vec<String>,
    /// The statements that take it back, in order.
    pub down: Vec<String>,
}

/// Something that only a person can decide, because existing rows may have to be rewritten or may not allow it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Advice {
    /// Stable: `primary-key public.invoices`.
    pub id: String,
    /// What is wrong.
    pub reason: String,
    /// Statements to consider; nothing here runs them.
    pub sql: Vec<String>,
    /// Until it is followed the wall has a hole, or is not known to have none: `rls plan --check` fails.
    pub lacking: bool,
}

/// A check of every row of a table, which existing rows may fail. [`live::apply`](crate::live::apply) tries it
/// after the steps, in a transaction of its own; what does not hold is left as [`Advice`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Validation {
    /// Stable: `foreign-key-validate public.invoices invoices_customer_id_tenancy_fkey`.
    pub id: String,
    /// Why.
    pub reason: String,
    /// The statement that looks.
    pub check: String,
    /// The tables that it reads, quoted. **PostgreSQL validates a foreign key with the rights of
    /// the connected role**. The owner of a table with forced row-level security sees no rows, so validation succeeds whatever
    /// the table holds. So FORCE is lifted for the transaction, in which no other session sees the tables.
    pub forced: Vec<String>,
    /// The query that shows the rows which do not hold.
    pub broken: String,
    /// What is read meanwhile.
    #[serde(skip)]
    pub(crate) reads: Vec<Read>,
}

impl Validation {
    /// The statements of one transaction.
    pub fn statements(&self) -> Vec<String> {
        let force = |what: &str| {
            let tables = self.forced.iter();
            tables.map(|table| format!("ALTER TABLE {table} {what} ROW LEVEL SECURITY")).collect::<Vec<_>>()
        };
        [force("NO FORCE"), vec![self.check.clone()], force("FORCE")].concat()
    }

    /// As advice, with the whole transaction.
    pub(crate) fn advice(&self, reason: String) -> Advice {
        let whole = format!("BEGIN;\n{};\nCOMMIT", self.statements().join(";\n"));
        let broken =
            format!("-- the rows that break it, as a role that row-level security does not hold:\n{}", self.broken);
        Advice { id: self.id.clone(), reason, sql: vec![broken, whole], lacking: true }
    }
}

/// Steps in order, and advice beside them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Plan {
    /// What is run.
    pub steps: Vec<Step>,
    /// What is tried after that, as far as the rows that exist allow it.
    pub validations: Vec<Validation>,
    /// What is not run.
    pub advice: Vec<Advice>,
    /// What the plan is for.
    pub target: Target,
    /// Which roles change, so that a mistyped name is noticed.
    pub roles: Roles,
}

/// The roles that a plan makes, and those that it takes policies from. Without a database nothing is known of either.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Roles {
    /// They do not exist yet.
    pub created: Vec<String>,
    /// The policies of these names are theirs now.
    pub replaced: Vec<String>,
    /// A wall of another owner is there already.
    pub owned: bool,
}

impl Plan {
    /// Whether nothing is left to run.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// Whether the wall is complete as far as a plan sees: no step is left, no foreign key whose rows were not looked at, and no
    /// advice that is [`lacking`](Advice::lacking). `rls plan --check` asks this.
    pub fn is_whole(&self) -> bool {
        self.is_empty() && self.validations.is_empty() && !self.advice.iter().any(|advice| advice.lacking)
    }

    /// The steps as SQL, with the reasons and the advice as comments.
    pub fn up_sql(&self) -> String {
        let mut sql = String::from("-- Written by `tenancy rls plan`. Every statement may be run again.\n");
        self.begin_path(&mut sql);
        for step in &self.steps {
            self.write_step(&mut sql, step, &step.up);
        }
        self.end_path(&mut sql);
        let validations: Vec<_> = self.validations.iter().map(|look| look.advice(look.reason.clone())).collect();
        for advice in self.advice.iter().chain(&validations) {
            _ = writeln!(sql, "\n-- NOT RUN: {}: {}", quote::comment(&advice.id), quote::comment(&advice.reason));
            for line in advice.sql.iter().flat_map(|statement| statement.lines()) {
                _ = writeln!(sql, "--   {}", quote::comment(line));
            }
        }
        sql
    }

    /// What takes the steps back, last one first.
    pub fn down_sql(&self) -> String {
        let mut sql = String::from("-- Written by `tenancy rls plan`: takes `up.sql` back. No row is touched.\n");
        self.begin_path(&mut sql);
        for step in self.steps.iter().rev().filter(|step| !step.down.is_empty()) {
            self.write_step(&mut sql, step, &step.down);
        }
        self.end_path(&mut sql);
        sql
    }

    /// Names in the steps mean what they should, whatever the database's owner has set for its sessions. A migration tool
    /// writes down what it has run in the same session, so the path comes back.
    fn begin_path(&self, sql: &mut String) {
        if self.target.one_transaction() {
            _ = writeln!(
                sql,
                "\nSELECT pg_catalog.set_config('tenancy.path', pg_catalog.current_setting('search_path'), false), \
                 pg_catalog.set_config('search_path', '{PATH}', false);"
            );
        }
    }

    fn end_path(&self, sql: &mut String) {
        if self.target.one_transaction() {
            let back = "pg_catalog.set_config('search_path', pg_catalog.current_setting('tenancy.path'), false)";
            _ = writeln!(sql, "\nSELECT {back};");
        }
    }

    fn write_step(&self, sql: &mut String, step: &Step, statements: &[String]) {
        _ = writeln!(sql, "\n-- {}: {}", quote::comment(&step.id), quote::comment(&step.reason));
        for statement in statements {
            _ = match self.target.one_transaction() {
                true => writeln!(sql, "{statement};"),
                false => writeln!(sql, "BEGIN;\nSET LOCAL search_path = {PATH};\n{statement};\nCOMMIT;"),
            };
        }
    }

    pub(crate) fn step<U, D>(&mut self, what: &str, of: &str, reason: impl Into<String>, up: U, down: D)
    where
        U: IntoIterator<Item = String>,
        D: IntoIterator<Item = String>,
    {
        let (up, down) = (up.into_iter().collect(), down.into_iter().collect());
        self.steps.push(Step { id: format!("{what} {of}"), reason: reason.into(), up, down });
    }

    pub(crate) fn advise<S>(&mut self, what: &str, of: &str, reason: impl Into<String>, sql: S)
    where
        S: IntoIterator<Item = String>,
    {
        let sql = sql.into_iter().collect();
        self.advice.push(Advice { id: format!("{what} {of}"), reason: reason.into(), sql, lacking: false });
    }

    /// Advice without which the wall has a hole.
    pub(crate) fn lack<S>(&mut self, what: &str, of: &str, reason: impl Into<String>, sql: S)
    where
        S: IntoIterator<Item = String>,
    {
        self.advise(what, of, reason, sql);
        self.advice.iter_mut().rev().take(1).for_each(|advice| advice.lacking = true);
    }
}
