//! The steps that build the wall, in order.

mod foreign_keys;
mod foundation;
mod indexes;
mod keys;
mod privileges;
mod standing;
mod tables;
mod verifier;

pub(super) use keys::pair;
#[cfg(feature = "audit")]
pub(crate) use standing::body as standing_body;
pub(crate) use verifier::Verifier;
#[cfg(feature = "audit")]
pub(crate) use verifier::{SEARCH_PATH, body as verifier_body};

use super::live::Catalog;
use super::live::trust::{PATH, Read};
use super::{Level, Options, Target, quote};
use crate::schema::{DeclaredTable, Manifest, TableKind};
use serde::Serialize;
use std::fmt::Write as _;

/// What the server knows the policies by.
pub(super) const POLICY: &str = "tenancy";
/// What the server knows the restrictive policies of DELETE by.
pub(super) const DELETE_POLICY: &str = "tenancy_delete";

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

/// A look at every row of a table, which rows that exist may not stand. [`live::apply`](super::live::apply) tries it
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
    /// The tables that it reads, quoted. **PostgreSQL looks at a foreign key's rows with the eyes of whoever asks**: the
    /// owner of a table with forced row-level security sees none, and every row that is not seen is held to be good.
    /// So FORCE is lifted for the transaction, in which nobody else sees the tables.
    pub forced: Vec<String>,
    /// The query that shows the rows which do not hold.
    pub broken: String,
    /// What is read meanwhile.
    #[serde(skip)]
    pub(super) reads: Vec<Read>,
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
    pub(super) fn advice(&self, reason: String) -> Advice {
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
    /// Which roles change, for whoever may have mistyped one.
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

impl Roles {
    fn of(context: &Context<'_>) -> Self {
        let Some(live) = context.live else { return Self::default() };
        let Options { app_role, owner_role, .. } = context.options;
        let created = [app_role, owner_role].into_iter().filter(|role| live.role(role).is_none()).cloned().collect();
        let tables = context.manifest.tenant_tables().filter_map(|table| live.relation(context.place(table)));
        let ours = |name: &str| name == POLICY || name == DELETE_POLICY;
        let policies = tables.flat_map(|table| &table.policies).filter(|policy| ours(&policy.name));
        let mut replaced: Vec<String> = policies
            .filter(|policy| !policy.roles.contains(app_role))
            .flat_map(|policy| policy.roles.iter().filter(|role| !role.is_empty()).cloned())
            .collect();
        replaced.sort_unstable();
        replaced.dedup();
        let owned = live.schema("tenancy").is_some_and(|schema| schema.owner != *owner_role);
        Self { created, replaced, owned }
    }
}

/// Why there is no plan.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum PlanError {
    /// The declaration was written by hand, or damaged.
    #[error(
        "the table `{0}` is a tenant table without an organization column of type `Uuid`, `Binary`, `Text` or `Varchar`"
    )]
    NoOrganization(String),
    /// No name in PostgreSQL holds it.
    #[error("a name is empty, or holds a null character")]
    Name,
    /// The service's role would own the key.
    #[error("the application's role and the owner's role must be two roles")]
    OneRole,
}

impl Plan {
    /// Every step of the wall, for a database of which nothing is known but that its tables exist.
    ///
    /// # Errors
    /// When the declaration or the options contradict themselves.
    pub fn for_manifest(manifest: &Manifest, options: &Options) -> Result<Self, PlanError> {
        build(&Context::new(manifest, options, None)?)
    }

    /// Whether nothing is left to run.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// Whether the wall stands as far as a plan sees: no step is left, no foreign key whose rows were not looked at, and no
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
}

/// What the steps are made from.
pub(super) struct Context<'a> {
    pub(super) manifest: &'a Manifest,
    pub(super) options: &'a Options,
    /// `None` when nothing is known of the database.
    pub(super) live: Option<&'a Catalog>,
}

impl<'a> Context<'a> {
    pub(super) fn new(
        manifest: &'a Manifest,
        options: &'a Options,
        live: Option<&'a Catalog>,
    ) -> Result<Self, PlanError> {
        let Options { app_role, owner_role, default_schema, directory, .. } = options;
        if app_role == owner_role {
            return Err(PlanError::OneRole);
        }
        let tables = manifest.tables.iter();
        let names = tables.clone().flat_map(|table| {
            let columns = table.columns.iter().map(|column| &column.name);
            columns.chain(&table.schema).chain(&table.primary_key).chain([&table.name])
        });
        if names
            .chain([app_role, owner_role, default_schema])
            .chain(directory)
            .any(|name| name.is_empty() || name.contains('\0'))
        {
            return Err(PlanError::Name);
        }
        if let Some(table) = tables.clone().find(|table| table.kind == TableKind::Tenant && storage(table).is_none()) {
            return Err(PlanError::NoOrganization(table.path.clone()));
        }
        Ok(Self { manifest, options, live })
    }

    /// The table as the server knows it.
    pub(super) fn place<'t>(&'t self, table: &'t DeclaredTable) -> (&'t str, &'t str) {
        (table.schema.as_deref().unwrap_or(&self.options.default_schema), &table.name)
    }

    /// `"schema"."table"`.
    pub(super) fn sql(&self, table: &DeclaredTable) -> String {
        let (schema, name) = self.place(table);
        quote::qualified(schema, name)
    }

    /// `schema.table`, for ids.
    pub(super) fn label(&self, table: &DeclaredTable) -> String {
        let (schema, name) = self.place(table);
        format!("{schema}.{name}")
    }

    pub(super) fn app(&self) -> String {
        quote::ident(&self.options.app_role)
    }

    pub(super) fn owner(&self) -> String {
        quote::ident(&self.options.owner_role)
    }

    /// The schemas that hold declared tables, each once.
    pub(super) fn schemas(&self) -> Vec<&str> {
        let mut schemas: Vec<_> = self.manifest.tables.iter().map(|table| self.place(table).0).collect();
        schemas.sort_unstable();
        schemas.dedup();
        schemas
    }
}

/// How a tenant table stores its organization.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Storage {
    Uuid,
    Binary,
    Text,
}

pub(crate) fn storage(table: &DeclaredTable) -> Option<Storage> {
    let column = table.column(table.organization.as_deref()?)?;
    match column.sql_type.rsplit("::").next()? {
        "Uuid" => Some(Storage::Uuid),
        "Binary" => Some(Storage::Binary),
        // As `schema!` has it: diesel knows them for one type, and PostgreSQL compares `varchar` with `text` as it is.
        "Text" | "Varchar" | "VarChar" => Some(Storage::Text),
        _ => None,
    }
}

/// The condition of a policy, in the form of the target and the column:
/// `tenancy.may_plan() AND (true, "org_id") = (SELECT true, tenancy.org())`.
///
/// As one row, the planner makes of `true = (the first result)` a bare parameter, which costs nothing and therefore is the first
/// thing that every scan asks: the token is checked before any condition of the caller sees a row. `"org_id" = (SELECT
/// tenancy.org())` alone is asked *after* cheaper conditions, so that an error said whether a row of any organization met
/// them. The second comparison stays one that an index takes. Decision 0016.
pub(crate) fn condition(column: &str, storage: Storage, verifier: Verifier, target: Target) -> String {
    let call = format!("tenancy.{}()", verifier.name());
    let call = match storage {
        Storage::Uuid => call,
        Storage::Binary => format!("pg_catalog.uuid_send({call})"),
        Storage::Text => format!("{call}::pg_catalog.text"),
    };
    let column = quote::ident(column);
    let equal = match target.wraps() {
        true => format!("(true, {column}) OPERATOR(pg_catalog.=) (SELECT true, {call})"),
        false => format!("{column} OPERATOR(pg_catalog.=) {call}"),
    };
    format!("tenancy.{}() AND {equal}", Verifier::MayPlan.name())
}

/// All steps, or those that the live database lacks.
pub(super) fn build(context: &Context<'_>) -> Result<Plan, PlanError> {
    let mut plan = Plan { target: context.options.target, roles: Roles::of(context), ..Plan::default() };
    foundation::steps(context, &mut plan);
    verifier::steps(context, &mut plan);
    standing::steps(context, &mut plan);
    foundation::revokes(context, &mut plan);
    for table in &context.manifest.tables {
        // A table that is not there yet: its own migration comes first.
        if context.live.is_some_and(|live| live.relation(context.place(table)).is_none()) {
            let advice = "the table is declared, but the database has none of that name: migrate, then plan again";
            plan.lack("table", &context.label(table), advice, []);
            continue;
        }
        match table.kind {
            TableKind::Tenant => {
                tables::steps(context, table, &mut plan);
                privileges::tenant(context, table, &mut plan);
                keys::steps(context, table, &mut plan);
            }
            TableKind::Global => privileges::global(context, table, &mut plan),
            TableKind::Platform => privileges::platform(context, table, &mut plan),
        }
    }
    // A composite foreign key leads to a key of its parent, whichever table was declared first.
    foreign_keys::steps(context, &mut plan);
    if context.options.level == Level::Unsealed {
        let reason = "the setting `tenancy.scope` decides, and the service's role can set it to any organization: \
                      injected SQL or a stolen password reads everything";
        plan.advise("unsealed", "wall", reason, []);
    }
    Ok(plan)
}

impl Plan {
    pub(super) fn step<U, D>(&mut self, what: &str, of: &str, reason: impl Into<String>, up: U, down: D)
    where
        U: IntoIterator<Item = String>,
        D: IntoIterator<Item = String>,
    {
        let (up, down) = (up.into_iter().collect(), down.into_iter().collect());
        self.steps.push(Step { id: format!("{what} {of}"), reason: reason.into(), up, down });
    }

    pub(super) fn advise<S>(&mut self, what: &str, of: &str, reason: impl Into<String>, sql: S)
    where
        S: IntoIterator<Item = String>,
    {
        let sql = sql.into_iter().collect();
        self.advice.push(Advice { id: format!("{what} {of}"), reason: reason.into(), sql, lacking: false });
    }

    /// Advice without which the wall has a hole.
    pub(super) fn lack<S>(&mut self, what: &str, of: &str, reason: impl Into<String>, sql: S)
    where
        S: IntoIterator<Item = String>,
    {
        self.advise(what, of, reason, sql);
        self.advice.iter_mut().rev().take(1).for_each(|advice| advice.lacking = true);
    }
}
