//! Pages of a list that a permission filters, and the same pages without it.

use super::clock::{Rounds, Row, time};
use super::data::{Data, ORG, Part, Statement, context};
use diesel::sql_types::BigInt;
use diesel_async::{AsyncPgConnection, RunQueryDsl as _};
use std::collections::BTreeSet;
use tenancy_permits::sql::Condition;
use tenancy_permits::{ObjectRef, SubjectRef};

const PAGE: i64 = 20;

/// One invoice of so many is permitted.
const ONE_IN: i64 = 100;

/// The two columns that order a list.
type Place = (i64, i64);

/// An unfiltered page, a filtered one.
struct Lists<'a> {
    data: &'a Data,
    conn: AsyncPgConnection,
    pid: u32,
    condition: &'a Condition,
    subject: SubjectRef,
}

pub async fn all(rounds: usize, scale: usize) -> Vec<Row> {
    let data = Data::new().await;
    let invoices = 1_000_000 / scale as i64;
    fill(&data, invoices);
    let condition = data.engine.page_condition("invoice", "view", "CAST(invoices.id AS text)").expect("a condition");
    let mut rows = Vec::new();
    for (user, name) in [
        ("direct", "each hundredth row, named by a relationship"),
        ("folder", "each hundredth row, in a folder of a team"),
        ("newest", "rows next to each other, named by a relationship"),
    ] {
        let subject = SubjectRef::Object(ObjectRef::new("user", user).expect("an id"));
        let (conn, pid) = data.plain().await;
        let mut lists = Lists { data: &data, conn, pid, condition: &condition, subject };
        rows.push(lists.measure(&format!("page: {name}"), rounds, invoices).await);
    }
    rows
}

/// A hundredth of the invoices has a viewer, and another hundredth lies in folders that a team of the user sees. Their
/// places in the order are spread evenly.
fn fill(data: &Data, invoices: i64) {
    data.database.psql(&format!(
        "CREATE TABLE invoices (id bigint PRIMARY KEY, org_id uuid NOT NULL, due bigint NOT NULL, note text NOT NULL); \
         INSERT INTO invoices SELECT n, '{ORG}', (CAST(n AS bigint) * 7919) % 4999, 'invoice ' || n \
         FROM generate_series(1, {invoices}) AS s (n); \
         CREATE INDEX invoices_order ON invoices (org_id, due, id)"
    ));
    let count = usize::try_from(invoices / ONE_IN).expect("a small number");
    data.relate(count, "'invoice', CAST(n * 100 AS text), 'viewer', 'user', 'direct', ''");
    let newest = "'invoice', CAST(m.id AS text), 'viewer', 'user', 'newest', ''";
    data.relate_from(newest, &format!("(SELECT id FROM invoices ORDER BY due DESC, id DESC LIMIT {count}) AS m"));
    data.relate(count, "'invoice', CAST(n * 100 - 1 AS text), 'folder', 'folder', 'f' || (n % 100), ''");
    // What the user does not see lies in other folders.
    data.relate(count * 8, "'invoice', CAST(n * 12 - 5 AS text), 'folder', 'folder', 'g' || (n % 100), ''");
    data.relate(100, "'folder', 'f' || (n - 1), 'viewer', 'team', 'auditors', 'member'");
    data.relate(100, "'folder', 'g' || (n - 1), 'viewer', 'team', 'others', 'member'");
    data.relate(1, "'team', 'auditors', 'member', 'user', 'folder', ''");
    data.relate(500, "'team', 'others', 'member', 'user', 'o' || n, ''");
    data.settle();
}

impl Lists<'_> {
    /// Reads all pages once, and times pages that are spread over the list.
    async fn measure(&mut self, name: &str, rounds: usize, invoices: i64) -> Row {
        let (mut times, mut seen, mut after, mut pages) = (Rounds::default(), BTreeSet::new(), None, 0_usize);
        let all = usize::try_from(invoices / ONE_IN / PAGE).expect("a small number");
        let every = (all / (rounds * 4)).max(1);
        loop {
            let mut page = Vec::new();
            let filtered = time(self.pid, async { page = self.page(after, true).await }).await;
            if page.len() == PAGE as usize && pages % every == 1 % every {
                // Not timed: the rows of this page are in no cache yet, and those of the filtered page are.
                self.page(after, false).await;
                let plain = time(self.pid, async { drop(self.page(after, false).await) }).await;
                let again = time(self.pid, async { drop(self.page(after, false).await) }).await;
                times.add(1, [plain, filtered, again]);
            }
            for place in &page {
                assert!(after.is_none_or(|after| after < *place), "pages go forward");
                assert!(seen.insert(place.1), "invoice {} is there twice", place.1);
            }
            pages += 1;
            match page.last() {
                Some(last) if page.len() == PAGE as usize => after = Some(*last),
                _ => break,
            }
        }
        assert_eq!(seen, self.expected(invoices), "each permitted invoice is there, and no other");
        println!("{name}: {} invoices on {pages} pages, none missing, none twice", seen.len());
        times.row(name, Some(3.0))
    }

    /// The permitted invoices, by another way than the condition.
    fn expected(&self, invoices: i64) -> BTreeSet<i64> {
        let hundredth = |offset| (1..=invoices / ONE_IN).map(|n| n * ONE_IN - offset).collect();
        match self.subject.to_string().as_str() {
            "user:direct" => hundredth(0),
            "user:folder" => hundredth(1),
            _ => {
                let count = invoices / ONE_IN;
                let newest = format!("SELECT id FROM invoices ORDER BY due DESC, id DESC LIMIT {count}");
                self.data.database.psql(&newest).lines().map(|line| line.parse().expect("a number")).collect()
            }
        }
    }

    async fn page(&mut self, after: Option<Place>, filtered: bool) -> Vec<Place> {
        let (due, id) = after.unwrap_or((-1, -1));
        let mut parts = vec![
            Part::Sql("SELECT invoices.due, invoices.id FROM invoices WHERE invoices.org_id = "),
            Part::Org(ORG),
            Part::Sql(" AND (invoices.due, invoices.id) > ("),
            Part::Int(due),
            Part::Sql(", "),
            Part::Int(id),
            Part::Sql(")"),
        ];
        if filtered {
            let bound = self.data.engine.bind(self.condition, &self.subject, &context()).expect("values");
            parts.extend([Part::Sql(" AND "), Part::Condition(bound)]);
        }
        parts.extend([Part::Sql(" ORDER BY invoices.due, invoices.id LIMIT "), Part::Int(PAGE)]);
        Statement::<(BigInt, BigInt)>::new(parts).load(&mut self.conn).await.expect("a page")
    }
}
