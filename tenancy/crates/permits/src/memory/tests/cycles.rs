//! Writes that would close a cycle.

use super::*;
use crate::MemoryWriteError;

const SCHEMA: &str = "
    use expiration
    definition user {}
    definition team {
        relation member: user | team#member | team#all
        relation extra: user | team#member with expiration
        relation guest: user | team#guest
        permission all = member + extra
    }
    definition folder {
        relation parent: folder
        relation linked: folder
        relation owner: team | folder#view
        relation viewer: user | team#member | folder#view
        permission view = viewer + parent->view
        permission every = parent.all(every) + owner->all
    }";

#[track_caller]
fn assert_cycle(stored: &str, closing: &str) {
    let mut engine = engine(SCHEMA, stored);
    let refused = engine.write(relationship(closing));
    assert_eq!(refused, Err(MemoryWriteError::Cycle { relationship: closing.to_owned() }));
    assert_eq!(engine.delete(&relationship(closing)), Ok(false), "the refused relationship is not stored");
}

#[test]
fn team_in_itself_is_refused() {
    assert_cycle("", "team:1#member@team:1#member");
    assert_cycle("", "team:1#member@team:1#all");
}

#[test]
fn teams_that_contain_each_other_are_refused() {
    assert_cycle("team:1#member@team:2#member", "team:2#member@team:1#member");
    assert_cycle("team:1#member@team:2#member\nteam:2#member@team:3#all", "team:3#member@team:1#member");
    let chain: String = (1..1000).map(|team| format!("team:{team}#member@team:{}#member\n", team + 1)).collect();
    assert_cycle(&chain, "team:1000#member@team:1#member");
}

#[test]
fn folder_above_itself_is_refused() {
    assert_cycle("", "folder:1#parent@folder:1");
    assert_cycle("folder:1#parent@folder:2\nfolder:2#parent@folder:3", "folder:3#parent@folder:1");
    assert_cycle("folder:1#parent@folder:2", "folder:2#viewer@folder:1#view");
}

#[test]
fn cycle_through_several_new_dependencies_is_refused() {
    let schema = "
        definition node {
            relation next: node
            relation first: node#second_way
            relation other: node#first_way
            permission first_way = next->bridge
            permission second_way = next->other
            permission bridge = first
        }";
    // `first_way` of 1 needs `bridge` of 2, which needs `second_way` of 1, which needs `other` of 2, which needs
    // `first_way` of 1: one relationship brings two of these.
    let mut engine = engine(schema, "node:2#first@node:1#second_way\nnode:2#other@node:1#first_way");
    assert!(matches!(engine.write(relationship("node:1#next@node:2")), Err(MemoryWriteError::Cycle { .. })));
}

#[test]
fn expired_relationship_counts() {
    assert_cycle("team:1#extra@team:2#member[expiration:1970-01-01T00:00:00Z]", "team:2#member@team:1#all");
}

#[test]
fn what_no_permission_follows_is_no_cycle() {
    engine(
        SCHEMA,
        "folder:1#linked@folder:1
         folder:2#linked@folder:1
         folder:1#linked@folder:2
         team:1#member@team:2#member
         team:2#guest@team:1#guest
         team:2#extra@team:3#member[expiration:1970-01-01T00:00:00Z]
         team:3#extra@team:2#member[expiration:1970-01-01T00:00:00Z]
         folder:1#parent@folder:2
         folder:1#parent@folder:3
         folder:2#parent@folder:3",
    );
}

#[test]
fn relationship_that_is_deleted_no_longer_counts() {
    let mut engine = engine(SCHEMA, "team:1#member@team:2#member");
    assert_eq!(engine.delete(&relationship("team:1#member@team:2#member")), Ok(true));
    assert_eq!(engine.write(relationship("team:2#member@team:1#member")), Ok(()));
    // The same again is no cycle.
    assert_eq!(engine.write(relationship("team:2#member@team:1#member")), Ok(()));
}
