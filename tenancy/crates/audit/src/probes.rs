//! The wall, tried: as the service's role, in transactions that are rolled back.

use super::catalog::{CatalogError, Relation, Session};
use super::context::Context;
use super::finding::Report;
use super::row_checks;
use super::rule::Hit;
use super::rule::Severity::High;
use super::rules::known;
use super::savepoint_probe::{self, Outcome};
use diesel::result::{DatabaseErrorKind, Error};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tenancy::__private::{Encryption, expired_token};
use tenancy::db::seal::{self, Access, SealKey, Sealer};
use tenancy::scope::OrgId;
use tenancy_rls::__private::{Read, ident, literal, qualified};

/// The rules that are tried here.
pub(super) const IDS: [&str; 7] = ["C15", "F03", "F04", "F05", "F06", "F07", "F10"];

/// What a session of the service begins with.
const BEGINS_WITH: [(&str, &str); 8] = [
    ("row_security", "on"),
    ("session_replication_role", "origin"),
    ("standard_conforming_strings", "on"),
    ("transform_null_equals", "off"),
    ("debug_print_parse", "off"),
    ("debug_print_rewritten", "off"),
    ("debug_print_plan", "off"),
    ("local_preload_libraries", ""),
];

/// What the probes need: the service's URL, a key for those that must arm themselves, and what every connection runs over.
#[derive(Default)]
pub(super) struct Probes<'a> {
    pub(super) app_url: Option<&'a str>,
    pub(super) key: Option<&'a SealKey>,
    pub(super) encryption: Encryption,
}

/// An organization table, with what SQL needs of it.
struct ProbedTable<'a> {
    relation: &'a Relation,
    sql: String,
    column: &'a str,
    organization: String,
    storage: &'static str,
}

struct Prober<'a> {
    cx: &'a Context<'a>,
    probes: &'a Probes<'a>,
    session: Session,
    tables: Vec<ProbedTable<'a>>,
    /// An organization to act for, and another one.
    organizations: (OrgId, OrgId),
}

pub(super) async fn run(
    admin: &mut Session,
    cx: &Context<'_>,
    probes: &Probes<'_>,
    report: &mut Report,
) -> Result<(), CatalogError> {
    let Some(url) = probes.app_url else {
        IDS.iter().for_each(|id| report.skip(id, "no URL of the service's role was given"));
        return Ok(());
    };
    let organizations = match sample(admin, cx).await {
        Ok(found) => found,
        // Two that do not exist serve as well.
        Err(CatalogError::Statement(why)) if savepoint_probe::is_refusal(&why) => (stranger(), stranger()),
        Err(other) => return Err(other),
    };
    let session = match Session::open_as_service(url, &probes.encryption).await {
        Ok(session) => session,
        Err(why) => {
            report.add(known("C15"), vec![Hit::new("the service's URL", format!("leads nowhere: {why}")).at(High)]);
            IDS[1..].iter().for_each(|id| report.skip(id, "the service's URL leads nowhere"));
            return Ok(());
        }
    };
    let mut prober = Prober { cx, probes, session, tables: places(cx), organizations };
    let done = prober.c15(report).await;
    prober.goes_on("C15", done, report).await?;
    let done = prober.settings(report).await;
    prober.goes_on("F02", done, report).await?;
    let done = prober.f03(report).await;
    prober.goes_on("F03", done, report).await?;
    let done = prober.f05(report).await;
    prober.goes_on("F05", done, report).await?;
    let done = prober.f07(url, report).await;
    prober.goes_on("F07", done, report).await?;
    let done = prober.armed(report).await;
    prober.goes_on("F10", done, report).await?;
    report.statements += prober.session.sent();
    Ok(())
}

fn places<'a>(cx: &'a Context<'a>) -> Vec<ProbedTable<'a>> {
    let places = cx.tenants().filter_map(|(table, relation)| {
        // A renamed one is A06's.
        cx.catalog.column(relation.oid, table.organization.as_deref()?)?;
        let organization = ident(table.organization.as_deref()?);
        let column = table.column(table.organization.as_deref()?)?;
        let storage = match column.sql_type.rsplit("::").next()? {
            "Uuid" => "'{}'::uuid",
            "Binary" => "uuid_send('{}'::uuid)",
            _ => "'{}'",
        };
        let name = table.organization.as_deref()?;
        let sql = qualified(&relation.schema, &relation.name);
        Some(ProbedTable { relation, sql, column: name, organization, storage })
    });
    places.collect()
}

/// An organization that has rows, if the audit's role sees any; two that do not exist serve as well, and see less.
async fn sample(admin: &mut Session, cx: &Context<'_>) -> Result<(OrgId, OrgId), CatalogError> {
    let mut found = None;
    if row_checks::passes_policies(admin).await? {
        let places = places(cx);
        let places: Vec<&ProbedTable<'_>> = places.iter().filter(|place| place.storage.ends_with("::uuid")).collect();
        let read = |place: &&ProbedTable<'_>| {
            let columns = vec![place.column.to_owned()];
            Read(place.relation.schema.clone(), place.relation.name.clone(), columns)
        };
        // What cannot be read safely is no sample: an organization that does not exist serves too.
        let reads: Vec<Read> = places.iter().map(read).collect();
        if !reads.is_empty() {
            let locked = admin.begin_with(&reads, cx.looks_as_superuser()).await?;
            let untrusted = if locked { admin.untrusted(&reads).await? } else { Vec::new() };
            let safe = places.iter().zip(untrusted).filter(|(_, why)| why.is_none()).map(|(place, _)| *place);
            found = first_organization(admin, safe.collect()).await;
            admin.end().await?;
        }
    }
    let own = found.and_then(|text| text.parse().ok()).unwrap_or_else(stranger);
    Ok((own, stranger()))
}

/// The text of some row's organization.
async fn first_organization(admin: &mut Session, places: Vec<&ProbedTable<'_>>) -> Option<String> {
    for place in places {
        let sql = format!("SELECT {}::text AS document FROM {} LIMIT 1", place.organization, place.sql);
        if let Some(found) = admin.texts(&sql).await.ok()?.into_iter().flatten().next() {
            return Some(found);
        }
    }
    None
}

fn stranger() -> OrgId {
    let text = uuid::Uuid::new_v4().to_string();
    #[expect(clippy::expect_used, reason = "the text of a UUID is an organization's")]
    text.parse().expect("the text of a UUID is an organization's")
}

/// What the server's refusal looks like from here; everything else ends the audit.
fn refused<T>(result: Result<T, Error>) -> Result<Option<T>, Error> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(Error::DatabaseError(DatabaseErrorKind::ClosedConnection, info)) => {
            Err(Error::DatabaseError(DatabaseErrorKind::ClosedConnection, info))
        }
        Err(Error::DatabaseError(..)) => Ok(None),
        Err(other) => Err(other),
    }
}

impl ProbedTable<'_> {
    fn literal(&self, org: OrgId) -> String {
        self.storage.replace("{}", &org.to_string())
    }
}

impl Prober<'_> {
    /// Begins a transaction, armed or not, in which statements are tried.
    async fn begin(&mut self, scope: Option<&str>) -> Result<(), CatalogError> {
        self.session.run("BEGIN").await?;
        if let Some(scope) = scope {
            self.session.set_for_transaction(seal::SETTING, scope).await?;
        }
        Ok(self.session.run("SAVEPOINT probe").await?)
    }

    /// Runs one statement and takes it back; `None` when the server refuses it.
    async fn attempt(&mut self, sql: &str) -> Result<Option<Vec<Option<String>>>, CatalogError> {
        let answer = refused(self.session.texts(sql).await);
        self.session.run("ROLLBACK TO SAVEPOINT probe").await?;
        Ok(answer?)
    }

    async fn end(&mut self) -> Result<(), CatalogError> {
        Ok(self.session.run("ROLLBACK").await?)
    }

    /// One statement in a transaction of its own.
    async fn ask(&mut self, scope: Option<&str>, sql: &str) -> Result<Option<Vec<Option<String>>>, CatalogError> {
        self.begin(scope).await?;
        let answer = self.attempt(sql).await;
        self.end().await?;
        answer
    }

    /// A scope of the first organization.
    fn scope(&self) -> Option<String> {
        let (own, _) = self.organizations;
        if !self.cx.options.sealed() {
            return Some(seal::unsealed(own, Access::ReadWrite));
        }
        let database = &self.cx.catalog.server.database;
        let sealer = Sealer::new(self.probes.key?);
        let token = sealer.seal(own, Access::ReadWrite, database, Duration::from_secs(60)).ok()?;
        Some(token.expose().to_owned())
    }

    async fn why_not_armed(&mut self) -> Result<Option<String>, CatalogError> {
        let Some(scope) = self.scope() else {
            return Ok(Some("no key was given to seal a scope with".to_owned()));
        };
        let own = self.organizations.0.to_string();
        let answer = self.ask(Some(&scope), "SELECT tenancy.org()::text AS document").await?;
        let armed = answer.is_some_and(|rows| rows == [Some(own)]);
        Ok((!armed).then(|| "the verifier does not take a scope of the given key".to_owned()))
    }

    async fn goes_on(
        &mut self,
        id: &'static str,
        done: Result<(), CatalogError>,
        report: &mut Report,
    ) -> Result<(), CatalogError> {
        savepoint_probe::goes_on(&mut self.session, id, done, report).await
    }

    /// F10, and what can only be tried with a scope.
    async fn armed(&mut self, report: &mut Report) -> Result<(), CatalogError> {
        let Some(why) = self.why_not_armed().await? else {
            report.add(known("F10"), Vec::new());
            let done = self.f04(report).await;
            self.goes_on("F04", done, report).await?;
            let done = self.f06(report).await;
            return self.goes_on("F06", done, report).await;
        };
        ["F04", "F06"].iter().for_each(|id| report.skip(id, why.clone()));
        // Without a key there was nothing to try; with one it is a fault, of the key or of the verifier.
        if self.scope().is_none() {
            report.skip("F10", why);
        } else {
            report.add(known("F10"), vec![Hit::new("tenancy.org()", why)]);
        }
        Ok(())
    }

    /// F02, of the session that the service gets: what is stored for the server, the database and the role.
    async fn settings(&mut self, report: &mut Report) -> Result<(), CatalogError> {
        let names: Vec<String> =
            BEGINS_WITH.iter().map(|(name, safe)| format!("({}, {})", literal(name), literal(safe))).collect();
        let sql = format!(
            "SELECT name || '=' || reset_val AS document FROM pg_settings s JOIN (VALUES {}) v(wanted, safe) ON wanted = name \
             WHERE reset_val <> safe",
            names.join(", ")
        );
        let differs: Vec<String> = self.session.texts(&sql).await?.into_iter().flatten().collect();
        let hits = differs.iter().filter_map(|setting| {
            let (name, value) = setting.split_once('=')?;
            let object = format!("setting {name}");
            // It is said once, by the rule that saw where it is stored.
            let told = report.findings.iter().any(|finding| finding.object == object);
            (!told).then(|| Hit::new(object, format!("is `{value}` in the service's sessions")))
        });
        let hits = hits.collect();
        report.more(known("F02"), hits);
        Ok(())
    }

    async fn c15(&mut self, report: &mut Report) -> Result<(), CatalogError> {
        let wall = &self.cx.options.wall;
        let user = self.session.texts("SELECT current_user::text AS document").await?;
        let user = user.into_iter().flatten().next().unwrap_or_default();
        let mut hits = Vec::new();
        if user != wall.app_role {
            hits.push(Hit::new("the service's URL", format!("is of the role {user}, not of {}", wall.app_role)));
        }
        self.session.run("BEGIN").await?;
        let taken = refused(self.session.run(&format!("SET LOCAL ROLE {}", ident(&wall.owner_role))).await);
        self.session.run("ROLLBACK").await?;
        if taken?.is_some() {
            hits.push(Hit::new("the service's URL", format!("can take the role {}", wall.owner_role)));
        }
        report.add(known("C15"), hits);
        Ok(())
    }

    /// Statements in one transaction, armed or not; `None` is reported as not run.
    async fn tried(
        &mut self,
        id: &'static str,
        scope: Option<&str>,
        statements: &[String],
        report: &mut Report,
    ) -> Result<Option<Vec<Outcome>>, CatalogError> {
        self.begin(scope).await?;
        let outcomes = savepoint_probe::all(&mut self.session, statements).await;
        self.end().await?;
        let outcomes = outcomes?;
        if outcomes.is_none() {
            report.skip(id, "the service's role may not run a block of PL/pgSQL to try statements in");
        }
        Ok(outcomes)
    }

    async fn f03(&mut self, report: &mut Report) -> Result<(), CatalogError> {
        let reads: Vec<String> =
            self.tables.iter().map(|table| format!("SELECT 'seen' FROM {} LIMIT 1", table.sql)).collect();
        let Some(outcomes) = self.tried("F03", None, &reads, report).await? else { return Ok(()) };
        let seen = self.tables.iter().zip(&outcomes).filter(|(_, outcome)| outcome.rows().is_some_and(|rows| rows > 0));
        let hits = seen.map(|(table, _)| Hit::new(table.relation.full_name(), "shows a row without a scope"));
        report.add(known("F03"), hits.collect());
        Ok(())
    }

    async fn f04(&mut self, report: &mut Report) -> Result<(), CatalogError> {
        let scope = self.scope();
        let (own, other) = self.organizations;
        let statements = self.tables.iter().flat_map(|table| {
            let ProbedTable { sql, organization, .. } = table;
            let (ours, theirs) = (table.literal(own), table.literal(other));
            [
                format!("SELECT 'seen' FROM {sql} WHERE {organization} IS DISTINCT FROM {ours} LIMIT 1"),
                format!("INSERT INTO {sql} ({organization}) VALUES ({theirs})"),
                format!("UPDATE {sql} SET {organization} = {theirs} WHERE ctid = (SELECT ctid FROM {sql} LIMIT 1)"),
            ]
        });
        let statements: Vec<String> = statements.collect();
        let Some(outcomes) = self.tried("F04", scope.as_deref(), &statements, report).await? else { return Ok(()) };
        let mut hits = Vec::new();
        for (table, outcomes) in self.tables.iter().zip(outcomes.chunks_exact(3)) {
            let said = [
                "shows another organization's row",
                "takes a row for another organization",
                "lets a row move to another organization",
            ];
            for (number, (outcome, said)) in outcomes.iter().zip(said).enumerate() {
                let writes = number > 0 && outcome.reached_a_constraint();
                if writes || outcome.rows().is_some_and(|rows| rows > 0) {
                    hits.push(Hit::new(table.relation.full_name(), said));
                }
            }
        }
        report.add(known("F04"), hits);
        Ok(())
    }

    async fn f05(&mut self, report: &mut Report) -> Result<(), CatalogError> {
        if !self.cx.options.sealed() {
            report.skip("F05", "the wall is not sealed: the setting is believed whatever it holds");
            return Ok(());
        }
        let mut hits = Vec::new();
        for (what, token) in self.forgeries() {
            let read = "SELECT tenancy.org()::text AS document";
            if self.ask(Some(&token), read).await?.is_some_and(|rows| rows.iter().any(Option::is_some)) {
                hits.push(Hit::new("tenancy.org()", format!("believes a token {what}")));
            }
        }
        report.add(known("F05"), hits);
        Ok(())
    }

    /// Tokens that must not be believed. Some can only be made with the key.
    fn forgeries(&self) -> Vec<(&'static str, String)> {
        let (own, other) = (self.organizations.0, self.organizations.1);
        let database = &self.cx.catalog.server.database;
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        let later = now + 3600;
        let zeros = "0".repeat(64);
        let kid = self.probes.key.map_or("k", SealKey::kid);
        let mut forged = vec![
            ("with a zero MAC", format!("{own}|{later}|{kid}|rw|{database}|{zeros}")),
            ("without a MAC", format!("{own}|{later}|{kid}|rw|{database}|")),
            ("that is an organization alone", own.to_string()),
            ("of the unsealed form", seal::unsealed(own, Access::ReadWrite)),
        ];
        let Some(key) = self.probes.key else { return forged };
        let sealer = Sealer::new(key);
        let seal = |database: &str| sealer.seal(own, Access::ReadWrite, database, Duration::from_secs(60)).ok();
        if let Some(true_one) = seal(database) {
            let text = true_one.expose();
            forged.push(("whose organization was changed", text.replace(&own.to_string(), &other.to_string())));
            let end = text.split('|').nth(1).unwrap_or_default();
            forged.push(("whose end was moved", text.replace(&format!("|{end}|"), &format!("|{later}|"))));
        }
        let expired = expired_token(&sealer, own, database).ok().map(|token| token.expose().to_owned());
        let elsewhere = seal(&format!("{database}_other")).map(|token| token.expose().to_owned());
        forged.extend(expired.map(|token| ("that has expired", token)));
        forged.extend(elsewhere.map(|token| ("of another database", token)));
        forged
    }

    async fn f06(&mut self, report: &mut Report) -> Result<(), CatalogError> {
        let scope = self.scope();
        let plans: Vec<String> =
            self.tables.iter().map(|table| format!("EXPLAIN (COSTS OFF) SELECT * FROM {}", table.sql)).collect();
        let Some(outcomes) = self.tried("F06", scope.as_deref(), &plans, report).await? else { return Ok(()) };
        let bare = self.tables.iter().zip(&outcomes).filter(|(table, outcome)| {
            let organization = table.organization.trim_matches('"');
            outcome.plan().is_some_and(|plan| !plan.contains(organization) && !plan.contains("One-Time Filter"))
        });
        let hit = |table: &ProbedTable<'_>| {
            Hit::new(table.relation.full_name(), "is read without a condition on its organization")
        };
        report.add(known("F06"), bare.map(|(table, _)| hit(table)).collect());
        Ok(())
    }

    async fn f07(&mut self, url: &str, report: &mut Report) -> Result<(), CatalogError> {
        let left = "SELECT nullif(current_setting('tenancy.scope', true), '') AS document";
        let mut hits = Vec::new();
        let mut fresh = Session::open_as_service(url, &self.probes.encryption).await?;
        if fresh.texts(left).await?.iter().any(Option::is_some) {
            hits.push(Hit::new("a new connection", "has a scope"));
        }
        self.session.run("BEGIN").await?;
        // The value need not be believed: it is the setting that must not stay.
        self.session.set_for_transaction(seal::SETTING, "audit").await?;
        if fresh.texts(left).await?.iter().any(|value| value.as_deref() == Some("audit")) {
            hits.push(Hit::new("a second connection", "sees the scope of the first"));
        }
        self.session.run("COMMIT").await?;
        if self.session.texts(left).await?.iter().any(|value| value.as_deref() == Some("audit")) {
            hits.push(Hit::new("the connection", "keeps its scope after COMMIT"));
        }
        report.add(known("F07"), hits);
        Ok(())
    }
}
