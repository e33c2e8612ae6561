//! What only rows tell: those whose parent belongs to another organization (E13).

use super::catalog::{CatalogError, Constraint, Relation, Session};
use super::context::Context;
use super::finding::Report;
use super::rule::Hit;
use super::rules::known;
use tenancy_rls::__private::{Read, ident, qualified};

/// A way from child to parent that no constraint keeps within one organization.
struct Link<'a> {
    child: &'a Relation,
    parent: &'a Relation,
    /// The two organization columns.
    organizations: (&'a str, &'a str),
    /// The child's columns, and the parent's that they hold.
    columns: Vec<(String, String)>,
}

pub(super) async fn check(session: &mut Session, cx: &Context<'_>, report: &mut Report) -> Result<(), CatalogError> {
    let links = links(cx);
    if !links.is_empty() && !passes_policies(session).await? {
        report.skip("E13", "the audit's role is held by row-level security itself; use one that is not");
        return Ok(());
    }
    if links.is_empty() {
        report.add(known("E13"), Vec::new());
        return Ok(());
    }
    // Reading a table runs what its owner put into its indexes, and comparing runs casts: with the rights of this role.
    let reads: Vec<Read> = links.iter().flat_map(Link::reads).collect();
    if !session.begin_with(&reads, cx.looks_as_superuser()).await? {
        session.end().await?;
        report.skip("E13", "a table could not be locked against changes while its rows are compared");
        return Ok(());
    }
    let untrusted = session.untrusted(&reads).await?;
    let trusted = |number: &usize| untrusted.iter().skip(number * 2).take(2).all(Option::is_none);
    let safe: Vec<usize> = (0..links.len()).filter(trusted).collect();
    let found = mixed(session, &links, &safe).await;
    session.end().await?;
    let mut hits = Vec::new();
    for link in found?.into_iter().filter_map(|number| links.get(number)) {
        let detail = format!("holds a row whose parent in {} is another organization's", link.parent.full_name());
        hits.push(Hit::new(link.child.full_name(), detail));
    }
    report.add(known("E13"), hits);
    if let Some((at, why)) = untrusted.iter().enumerate().find_map(|(at, why)| Some((at, why.as_ref()?))) {
        let link = &links[at / 2];
        let table = if at % 2 == 0 { link.child } else { link.parent }.full_name();
        report.skip("E13", format!("{table} is not read: {why}, which would run with the rights of the audit's role"));
    }
    Ok(())
}

/// The links with mixed rows, by number; all of them in one flight.
async fn mixed(session: &mut Session, links: &[Link<'_>], safe: &[usize]) -> Result<Vec<usize>, CatalogError> {
    if safe.is_empty() {
        return Ok(Vec::new());
    }
    let questions: Vec<String> = safe.iter().map(|&number| links[number].sql(number)).collect();
    let found = session.texts(&questions.join(" UNION ALL ")).await?;
    Ok(found.into_iter().flatten().filter_map(|number| number.parse().ok()).collect())
}

pub(super) async fn passes_policies(session: &mut Session) -> Result<bool, CatalogError> {
    let sql = "SELECT 'yes' AS document FROM pg_roles WHERE rolname = current_user AND (rolsuper OR rolbypassrls)";
    Ok(!session.texts(sql).await?.is_empty())
}

fn links<'a>(cx: &'a Context<'a>) -> Vec<Link<'a>> {
    let mut links: Vec<Link<'a>> = Vec::new();
    for key in cx.catalog.constraints.iter().filter(|key| key.kind == "f" && !key.inherited) {
        links.extend(from_key(cx, key).filter(|link| link.exists(cx) && !paired(cx, link)));
    }
    for join in &cx.manifest.joins {
        let found = (cx.manifest.table(&join.child), cx.manifest.table(&join.parent));
        let (Some(child), Some(parent)) = found else { continue };
        let organizations = child.organization.as_deref().zip(parent.organization.as_deref());
        let (Some(organizations), Some(relations)) = (organizations, cx.find(child).zip(cx.find(parent))) else {
            continue;
        };
        let keys: Vec<&String> = parent.primary_key.iter().filter(|key| *key != organizations.1).collect();
        let [key] = keys[..] else { continue };
        let columns = vec![(join.column.clone(), key.clone())];
        let link = Link { child: relations.0, parent: relations.1, organizations, columns };
        if link.exists(cx) && !links.iter().any(|other| other.same(&link)) && !paired(cx, &link) {
            links.push(link);
        }
    }
    links
}

fn from_key<'a>(cx: &'a Context<'a>, key: &Constraint) -> Option<Link<'a>> {
    let (child, parent) = (cx.catalog.relation(key.table)?, cx.catalog.relation(key.references?)?);
    let organizations = (cx.organization(child.oid)?, cx.organization(parent.oid)?);
    let pairs = key.columns.iter().zip(&key.referenced);
    let other = pairs.filter(|(from, to)| (from.as_str(), to.as_str()) != organizations);
    let columns: Vec<_> = other.map(|(from, to)| (from.clone(), to.clone())).collect();
    let holds = columns.len() < key.columns.len() && key.validated && key.enforced;
    (!holds && !columns.is_empty()).then_some(Link { child, parent, organizations, columns })
}

/// A validated key pairs the organizations for the same columns.
fn paired(cx: &Context<'_>, link: &Link<'_>) -> bool {
    let keys = cx.catalog.constraints.iter().filter(|key| key.kind == "f" && key.validated && key.enforced);
    let mut keys = keys.filter(|key| key.table == link.child.oid && key.references == Some(link.parent.oid));
    let (from, to) = link.organizations;
    keys.any(|key| {
        let pairs: Vec<(&str, &str)> =
            key.columns.iter().map(String::as_str).zip(key.referenced.iter().map(String::as_str)).collect();
        pairs.contains(&(from, to)) && link.columns.iter().all(|(from, to)| pairs.contains(&(from, to)))
    })
}

impl Link<'_> {
    fn same(&self, other: &Self) -> bool {
        (self.child.oid, self.parent.oid, &self.columns) == (other.child.oid, other.parent.oid, &other.columns)
    }

    fn exists(&self, cx: &Context<'_>) -> bool {
        let has = |table: &Relation, column: &str| cx.catalog.column(table.oid, column).is_some();
        let columns = self.columns.iter().all(|(from, to)| has(self.child, from) && has(self.parent, to));
        columns && has(self.child, self.organizations.0) && has(self.parent, self.organizations.1)
    }

    /// What is read for it: the child and the parent, with the columns that are compared.
    fn reads(&self) -> [Read; 2] {
        let (from, to): (Vec<_>, Vec<_>) = self.columns.iter().cloned().unzip();
        let read = |table: &Relation, organization: &str, columns: Vec<String>| {
            let columns = [organization.to_owned()].into_iter().chain(columns).collect();
            Read(table.schema.clone(), table.name.clone(), columns)
        };
        [read(self.child, self.organizations.0, from), read(self.parent, self.organizations.1, to)]
    }

    /// A parent in another organization, and none in the child's own.
    fn sql(&self, number: usize) -> String {
        let (child_org, parent_org) = (ident(self.organizations.0), ident(self.organizations.1));
        let parent = qualified(&self.parent.schema, &self.parent.name);
        let pairs: Vec<String> = self
            .columns
            .iter()
            .map(|(from, to)| format!("p.{} OPERATOR(pg_catalog.=) c.{}", ident(to), ident(from)))
            .collect();
        let pairs = pairs.join(" AND ");
        format!(
            "(SELECT '{number}' AS document FROM (SELECT * FROM {} LIMIT 10000) c \
             WHERE EXISTS (SELECT FROM {parent} p WHERE {pairs} AND p.{parent_org} OPERATOR(pg_catalog.<>) c.{child_org}) \
             AND NOT EXISTS (SELECT FROM {parent} p WHERE {pairs} AND p.{parent_org} OPERATOR(pg_catalog.=) c.{child_org}) LIMIT 1)",
            qualified(&self.child.schema, &self.child.name)
        )
    }
}
