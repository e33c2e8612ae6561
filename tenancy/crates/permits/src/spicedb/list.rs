//! Lists of objects.

use super::client::{Cursor, Page};
use super::engine::{Reading, SpiceDbEngine};
use super::error::{ListError, SpiceDbError};
use crate::sql::Context;
use crate::{ObjectRef, SubjectRef};
use std::collections::BTreeSet;
use std::time::{Duration, Instant};
use uuid::Uuid;

/// How many objects one page has.
const PAGE: u32 = 1_000;

/// How many objects of all organizations are looked at for one list.
const MOST_SEEN: usize = 100_000;

impl SpiceDbEngine {
    /// Lists the objects of a type, sorted by id, of which a person has the permission in an organization: those below
    /// it, and those above organizations. `user` is [`subject_id`](tenancy::permit::subject_id).
    ///
    /// SpiceDB has no lists for one organization, so a person with permissions in many costs more. For long lists, put
    /// [`SqlEngine::condition`](crate::sql::SqlEngine::condition) into the statement that reads your own table.
    ///
    /// # Errors
    /// When there are more than `limit`, or more than 100,000 in all organizations; when the permission follows from an
    /// object's organization; when there is no answer within `timeout`. Nothing is returned in part.
    pub async fn lookup_resources(
        &self,
        organization: Uuid,
        (kind, permission): (&str, &str),
        user: &ObjectRef,
        limit: usize,
        timeout: Duration,
    ) -> Result<Vec<String>, ListError> {
        let inner = &self.inner;
        let named = || format!("{kind}#{permission}");
        let definition = inner.sql.model().definition(kind);
        if !definition.is_some_and(|definition| definition.has(permission)) {
            return Err(ListError::UnknownPermission { permission: named() });
        }
        if inner.plans.uses_organization(kind, permission) {
            return Err(ListError::FromOrganization { permission: named() });
        }
        if !inner.verified.load(std::sync::atomic::Ordering::Acquire) {
            return Err(SpiceDbError::Malformed("its schema is not verified: call `SpiceDbEngine::verify`").into());
        }
        let deadline = Instant::now() + timeout;
        let gate = inner.sql.gate(&inner.texts, organization, deadline).await?;
        if gate.behind {
            let context = Context::new(Some(organization), timeout);
            let subject = SubjectRef::Object(user.clone());
            return Ok(inner.sql.lookup_resources(kind, permission, &subject, limit, &context).await?);
        }
        let listed = self.listed(organization, (kind, permission), user, limit, deadline).await;
        self.count(match &listed {
            Err(ListError::SpiceDb(error)) => Some(error),
            _ => None,
        });
        listed
    }

    async fn listed(
        &self,
        organization: Uuid,
        of: (&str, &str),
        user: &ObjectRef,
        limit: usize,
        deadline: Instant,
    ) -> Result<Vec<String>, ListError> {
        let inner = &self.inner;
        let Some(person) = inner.ids.object(Some(organization), user) else { return Ok(Vec::new()) };
        let person = SubjectRef::Object(person);
        let (mut found, mut seen, mut after) = (BTreeSet::new(), 0, None::<Cursor>);
        loop {
            let from = (PAGE, after.clone());
            let page = || Box::pin(inner.client.lookup(of, &person, from.clone(), deadline)) as Reading<'_, _>;
            let page: Page<String> = self.read(deadline, page).await?;
            seen += page.items.len();
            let own = page.items.iter().filter_map(|id| inner.ids.own_id(organization, of.0, id));
            found.extend(own.map(str::to_owned));
            if found.len() > limit {
                return Err(ListError::TooMany { limit });
            }
            if seen > MOST_SEEN {
                return Err(ListError::TooMany { limit: MOST_SEEN });
            }
            // A page that says where the next begins may be followed by one, however short it is.
            match page.next {
                None => return Ok(found.into_iter().collect()),
                next => after = next,
            }
        }
    }
}
