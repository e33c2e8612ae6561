//! Which relationships an answer rests on.

use super::*;

const MODEL: &str = "
    definition user {}
    definition team {
        relation member: user | team#member
    }
    definition folder {
        relation parent: folder
        relation viewer: user | user:* | team#member
        relation auditor: user
        relation banned: user
        permission view = (viewer + parent->view) - banned
        permission audit = view & auditor
        permission everywhere = parent.all(view)
    }";

const STORED: &str = "
    team:1#member@team:2#member
    team:2#member@user:1
    folder:1#viewer@team:1#member
    folder:2#parent@folder:1
    folder:2#parent@folder:3
    folder:2#auditor@user:1
    folder:3#viewer@user:*
    folder:3#banned@user:4";

fn path(question: &str) -> Option<String> {
    let Relationship { resource, relation, subject, .. } = relationship(question);
    let path = engine(MODEL, STORED).explain(&resource, &relation, &subject, now()).expect("an answer")?;
    Some(path.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "))
}

#[test]
fn the_path_leads_from_the_resource_to_the_subject() {
    let members = "folder:1#viewer@team:1#member team:1#member@team:2#member team:2#member@user:1";
    assert_eq!(path("folder:1#view@user:1").as_deref(), Some(members));
    let above = format!("folder:2#parent@folder:1 {members}");
    assert_eq!(path("folder:2#view@user:1"), Some(above.clone()));
    assert_eq!(path("folder:2#audit@user:1"), Some(format!("{above} folder:2#auditor@user:1")));
    let every = format!("{above} folder:2#parent@folder:3 folder:3#viewer@user:*");
    assert_eq!(path("folder:2#everywhere@user:1"), Some(every));
    assert_eq!(path("folder:3#view@user:9").as_deref(), Some("folder:3#viewer@user:*"));
    assert_eq!(path("team:1#member@team:2#member").as_deref(), Some("team:1#member@team:2#member"));
    assert_eq!(path("team:1#member@team:1#member").as_deref(), Some(""));
}

#[test]
fn a_denial_has_no_path() {
    assert_eq!(path("folder:3#view@user:4"), None);
    assert_eq!(path("folder:1#view@user:2"), None);
}
