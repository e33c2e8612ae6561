//! Lists for administration: who has a permission, what is stored, what was written.

use super::{A, B, MODEL, after, both, context, object, organization, plain, relationship};
use crate::sql::{Change, EngineError, Filter};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_subjects_of_a_permission_are_those_that_a_check_allows() {
    for fixture in both(MODEL, plain).await {
        let a = organization(A);
        let mut support = relationship(&format!("{a}#support@user:helper"));
        support.expires_at = Some(after(60));
        let _ = fixture.try_write(vec![Change::touch(Some(A), support)]).await.expect("written");
        let of_a = ["owner@user:owner", "owner@team:1#member", "banned@user:banned", "tenant@tenant:1"];
        let of_a = of_a.map(|text| format!("{a}#{text}"));
        fixture.give(Some(A), &of_a.each_ref().map(String::as_str)).await;
        fixture
            .give(Some(A), &["team:1#member@user:chief", "team:1#member@user:banned", "invoice:1#author@user:author"])
            .await;
        fixture.give(Some(B), &["invoice:1#author@user:other", "team:1#member@user:other"]).await;
        fixture.give(None, &["tenant:1#admin@user:admin"]).await;
        let implied = context(Some(A)).implying_organization();
        let who = async |resource: &str, permission: &str, limit| {
            fixture.engine.lookup_subjects(&object(resource), permission, "user", limit, &implied).await
        };
        let found = who("invoice:1", "payout", 100).await.expect("a list");
        assert_eq!(found.ids, ["chief", "owner"], "{}", fixture.name());
        assert!(!found.everyone_else && found.except.is_empty());
        let found = who("invoice:1", "view", 100).await.expect("a list");
        assert_eq!(found.ids, ["admin", "author", "chief", "helper", "owner"]);
        let all = relationship(&format!("{a}#viewer@user:*"));
        let _ = fixture.try_write(vec![Change::touch(Some(A), all)]).await.expect("written");
        let found = who(&a, "view", 100).await.expect("a list");
        assert_eq!((found.ids.len(), found.everyone_else, found.except), (4, true, vec!["banned".to_owned()]));
        let bounded = who("invoice:1", "view", 5).await;
        assert!(matches!(bounded, Err(EngineError::TooMany { limit: 5 })), "{bounded:?}");
        let teams = fixture.engine.lookup_subjects(&object(&a), "owner", "team", 9, &implied).await.expect("a list");
        assert!(teams.ids.is_empty(), "a userset is not its object");
        assert!(matches!(who("invoice:1", "nothing", 9).await, Err(EngineError::UnknownPermission { .. })));
        assert!(matches!(who("nothing:1", "view", 9).await, Err(EngineError::UnknownType { .. })));
        let unknown = fixture.engine.lookup_subjects(&object(&a), "view", "robot", 9, &implied).await;
        assert!(matches!(unknown, Err(EngineError::UnknownType { .. })), "{unknown:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_says_whether_there_are_more() {
    for fixture in both(MODEL, plain).await {
        fixture
            .give(
                Some(A),
                &[
                    "folder:1#viewer@user:1",
                    "folder:1#locked@user:1",
                    "folder:2#viewer@user:1",
                    "folder:2#viewer@user:2",
                ],
            )
            .await;
        fixture.give(Some(B), &["folder:1#viewer@user:3"]).await;
        let page = async |object_of: Option<&str>, relation: Option<&str>, of: Option<&str>, limit| {
            let (object, relation) = (object_of.map(object), relation.map(str::to_owned));
            let filter = Filter::Matching { object, relation, subject: of.map(super::subject) };
            let page = fixture.engine.read_page(Some(A), &filter, limit).await.expect("a page");
            let texts: Vec<String> = page.items.iter().map(|stored| stored.relationship.to_string()).collect();
            (texts.join(" "), page.more)
        };
        let both = "folder:1#viewer@user:1 folder:2#viewer@user:1";
        assert_eq!(page(None, Some("viewer"), Some("user:1"), 2).await, (both.to_owned(), false));
        assert_eq!(page(None, Some("viewer"), None, 2).await, (both.to_owned(), true));
        assert_eq!(page(Some("folder:1"), None, None, 9).await.0, "folder:1#locked@user:1 folder:1#viewer@user:1");
        assert_eq!(page(Some("folder:1"), Some("viewer"), None, 9).await.0, "folder:1#viewer@user:1");
        assert_eq!(page(Some("folder:1"), Some("viewer"), Some("user:3"), 9).await, (String::new(), false));
        assert_eq!(page(Some("folder:2"), None, Some("user:2"), 1).await, ("folder:2#viewer@user:2".to_owned(), false));
        assert!(page(None, None, None, 3).await.1);
        assert!(!page(None, None, None, 4).await.1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_log_is_read_from_the_newest_line_on_page_by_page() {
    for fixture in both(MODEL, plain).await {
        for id in 0..5 {
            fixture.give(Some(A), &[&format!("folder:{id}#viewer@user:1")]).await;
            fixture.give(Some(B), &["folder:1#viewer@user:2"]).await;
        }
        let mut ends = relationship("grant:1#holder@user:1");
        ends.expires_at = Some(after(60));
        let _ = fixture.try_write(vec![Change::create(Some(A), ends)]).await.expect("written");
        let _ = fixture.take(Some(A), "folder:0#viewer@user:1").await;
        fixture.give(None, &["tenant:1#admin@user:1"]).await;
        let (mut lines, mut before) = (Vec::new(), None);
        loop {
            let page = fixture.engine.read_log(Some(A), before, 3).await.expect("a page");
            before = page.items.last().map(|line| line.number);
            lines.extend(page.items);
            if !page.more {
                break;
            }
        }
        let texts: Vec<String> = lines.iter().map(|line| format!("{} {}", line.operation, line.relationship)).collect();
        let expected = [
            "delete folder:0#viewer@user:1",
            "create grant:1#holder@user:1",
            "touch folder:4#viewer@user:1",
            "touch folder:3#viewer@user:1",
            "touch folder:2#viewer@user:1",
            "touch folder:1#viewer@user:1",
            "touch folder:0#viewer@user:1",
        ];
        assert_eq!(texts, expected, "{}", fixture.name());
        assert!(lines.iter().all(|line| (line.by.as_str(), line.reason.as_str()) == ("user:test", "a test")));
        assert!(lines.iter().all(|line| line.organization == Some(A)));
        assert_eq!(lines.iter().filter(|line| line.expires_at.is_some()).count(), 1);
        let above = fixture.engine.read_log(None, None, 9).await.expect("a page");
        assert!(above.items.len() == 1 && above.items[0].organization.is_none() && !above.more, "{above:?}");
    }
}
