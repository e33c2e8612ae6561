//! The page of members and roles: of the own organization alone, and changed by its owners.

use crate::browser::{Browser, Page};
use crate::on_each_database;
use crate::world::World;

on_each_database!(
    members_with_a_role_see_the_roles_of_their_organization,
    an_owner_gives_and_revokes_a_role,
    an_accountant_and_a_viewer_change_no_role,
    an_owner_of_another_organization_changes_nothing,
    the_last_owner_stays,
    an_owner_gives_themselves_no_role,
);

/// The person and the role of each row.
fn roles(page: &Page) -> Vec<(String, String)> {
    let plain = |cell: &str| cell.split("</td>").next().expect("a cell").split(" <strong>").next().unwrap().to_owned();
    let rows = page.text.split("data-label=\"Person\">").skip(1);
    rows.map(|row| (plain(row), plain(row.split("data-label=\"Role\">").nth(1).expect("a role")))).collect()
}

fn named(rows: &[(&str, &str)]) -> Vec<(String, String)> {
    rows.iter().map(|(person, role)| ((*person).to_owned(), (*role).to_owned())).collect()
}

/// The id that the list has for a person.
fn id_of(page: &Page, person: &str) -> String {
    let row =
        page.text.split(&format!("data-label=\"Person\">{person}")).nth(1).unwrap_or_else(|| panic!("no {person}"));
    row.split("name=\"person\" value=\"").nth(1).expect("a form").split('"').next().expect("its end").to_owned()
}

async fn give(browser: &mut Browser, person: &str, role: &str) -> Page {
    browser.post("/invoices", "/members/grant", &[("subject", person), ("role", role)]).await
}

async fn revoke(browser: &mut Browser, id: &str, role: &str) -> Page {
    browser.post("/invoices", "/members/revoke", &[("person", id), ("role", role)]).await
}

const HARBOUR: [(&str, &str); 3] = [("ada", "owner"), ("cleo", "accountant"), ("eve", "viewer")];
const FREEWHEEL: [(&str, &str); 2] = [("bo", "owner"), ("cleo", "accountant")];

async fn members_with_a_role_see_the_roles_of_their_organization(world: World) {
    for subject in ["ada", "eve"] {
        let page = world.signed_in(subject).await.get("/members").await;
        assert_eq!((page.status, roles(&page)), (200, named(&HARBOUR)), "{subject}: {}", page.text);
        assert!(!page.text.contains("018f2d4e"), "{}", page.text);
    }
    let page = world.signed_in("bo").await.get("/members").await;
    assert_eq!((page.status, roles(&page)), (200, named(&FREEWHEEL)), "{}", page.text);
    assert_eq!(world.signed_in("dag").await.get("/members").await.status, 409);
}

async fn an_owner_gives_and_revokes_a_role(world: World) {
    let (mut ada, mut eve) = (world.signed_in("ada").await, world.signed_in("eve").await);
    let page = give(&mut ada, "eve", "accountant").await;
    assert_eq!((page.status, page.at.path()), (200, "/members"), "{}", page.text);
    let all = [("ada", "owner"), ("cleo", "accountant"), ("eve", "accountant"), ("eve", "viewer")];
    assert_eq!(roles(&page), named(&all), "{}", page.text);
    let ids = eve.get("/invoices").await.invoices();
    let void =
        async |eve: &mut Browser, id: i32| eve.post("/invoices", &format!("/invoices/{id}/void"), &[]).await.status;
    assert_eq!(void(&mut eve, ids[0]).await, 200);

    // The page is open, with its button, while the role is revoked.
    let open = eve.get(&format!("/invoices/{}", ids[1])).await;
    assert!(open.text.contains("Make void"), "{}", open.text);
    let token = open.field("form_token");
    let id = id_of(&page, "eve");
    let page = revoke(&mut ada, &id, "accountant").await;
    assert_eq!((page.status, roles(&page)), (200, named(&HARBOUR)), "{}", page.text);
    let late = eve.post_as_is(&format!("/invoices/{}/void", ids[1]), &[("form_token", &token)]).await;
    assert_eq!(late.status, 403, "{}", late.text);
    let page = eve.get(&format!("/invoices/{}", ids[1])).await;
    assert!(page.text.contains("<dd>open</dd>") || page.text.contains("<dd>paid</dd>"), "{}", page.text);
    // To give a role twice is allowed. A role that does not exist is refused.
    assert_eq!(revoke(&mut ada, &id, "accountant").await.status, 200);
    assert_eq!(give(&mut ada, "eve", "change_payout").await.status, 400);
    assert_eq!(revoke(&mut ada, "no such*id", "viewer").await.status, 400);
    let page = give(&mut ada, " ", "viewer").await;
    assert!(page.status == 422 && page.text.contains("A subject has 1 to 80 characters."), "{}", page.text);
    // What is typed is shown, and never read as a part of the page.
    let page = give(&mut ada, "<b>|=41@x", "viewer").await;
    assert!(page.status == 200 && page.text.contains("&lt;b&gt;|=41@x"), "{}", page.text);
}

async fn an_accountant_and_a_viewer_change_no_role(world: World) {
    let mut ada = world.signed_in("ada").await;
    let list = ada.get("/members").await;
    let (of_ada, of_eve) = (id_of(&list, "ada"), id_of(&list, "eve"));
    let (mut cleo, mut eve) = (world.acting("cleo", "harbour-trading").await, world.signed_in("eve").await);
    for (who, browser) in [("cleo", &mut cleo), ("eve", &mut eve)] {
        let page = browser.get("/members").await;
        assert!(page.status == 200 && !page.text.contains("/members/grant"), "{}", page.text);
        for role in ["owner", "accountant", "viewer"] {
            let page = give(browser, "dag", role).await;
            assert!(page.status == 403 && page.text.contains("An owner of the organization changes"), "{}", page.text);
        }
        let taken = [(&of_ada, "owner"), (if who == "eve" { &of_ada } else { &of_eve }, "viewer")];
        for (id, role) in taken {
            assert_eq!(revoke(browser, id, role).await.status, 403, "{who} {role}");
        }
        // Nor do they make themselves an owner.
        assert_eq!(give(browser, who, "owner").await.status, 422, "{who}");
    }
    assert_eq!(roles(&ada.get("/members").await), named(&HARBOUR));
    // To give up the own role needs no owner.
    let page = revoke(&mut eve, &of_eve, "viewer").await;
    assert_eq!((page.status, page.at.path()), (200, "/invoices"), "{}", page.text);
    assert_eq!(eve.get("/members").await.status, 403);
    assert_eq!(roles(&ada.get("/members").await), named(&HARBOUR[..2]));
}

async fn an_owner_of_another_organization_changes_nothing(world: World) {
    let (mut ada, mut bo) = (world.signed_in("ada").await, world.signed_in("bo").await);
    let list = ada.get("/members").await;
    for (person, role) in HARBOUR {
        let page = revoke(&mut bo, &id_of(&list, person), role).await;
        assert!(page.status == 200 || person == "cleo", "{}", page.text);
    }
    assert_eq!(roles(&ada.get("/members").await), named(&HARBOUR), "nothing of Harbour Trading was revoked");
    // A role in Freewheel does not count in Harbour Trading, and does not let an owner of another organization in.
    assert_eq!(give(&mut bo, "eve", "owner").await.status, 200);
    assert_eq!(roles(&ada.get("/members").await), named(&HARBOUR));
    let mut eve = world.signed_in("eve").await;
    assert_eq!(give(&mut eve, "dag", "viewer").await.status, 403);
    // A member of both acts with the role of the organization that the session is for.
    assert_eq!(give(&mut bo, "cleo", "owner").await.status, 200);
    let mut cleo = world.acting("cleo", "harbour-trading").await;
    assert_eq!(give(&mut cleo, "dag", "viewer").await.status, 403);
    cleo.switch("freewheel").await;
    assert_eq!(give(&mut cleo, "dag", "viewer").await.status, 200);
}

async fn the_last_owner_stays(world: World) {
    let mut ada = world.signed_in("ada").await;
    let own = id_of(&ada.get("/members").await, "ada");
    let page = revoke(&mut ada, &own, "owner").await;
    assert_eq!(page.status, 422, "{}", page.text);
    assert!(page.text.contains("An organization keeps at least one owner."), "{}", page.text);
    assert_eq!(roles(&page), named(&HARBOUR));
    assert_eq!(give(&mut ada, "cleo", "owner").await.status, 200);
    let page = revoke(&mut ada, &own, "owner").await;
    assert_eq!((page.status, page.at.path()), (200, "/invoices"), "{}", page.text);
    assert_eq!(ada.get("/members").await.status, 403);
    assert_eq!(give(&mut ada, "dag", "viewer").await.status, 403);
    let mut cleo = world.acting("cleo", "harbour-trading").await;
    let page = cleo.get("/members").await;
    assert_eq!(roles(&page), named(&[("cleo", "owner"), ("cleo", "accountant"), ("eve", "viewer")]));
}

async fn an_owner_gives_themselves_no_role(world: World) {
    let mut ada = world.signed_in("ada").await;
    let page = give(&mut ada, "ada", "accountant").await;
    assert!(page.status == 422 && page.text.contains("You cannot give yourself a role."), "{}", page.text);
    assert_eq!(roles(&page), named(&HARBOUR));
    // Without the session's token nothing is written.
    for path in ["/members/grant", "/members/revoke"] {
        let page = ada.post_as_is(path, &[("subject", "dag"), ("role", "viewer"), ("person", "x")]).await;
        assert_eq!(page.status, 403, "{}", page.text);
    }
    assert_eq!(roles(&ada.get("/members").await), named(&HARBOUR));
}
