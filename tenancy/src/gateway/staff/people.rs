//! Who is of the platform's staff.

use crate::db::platform::{Failure, Kind, Statement, Value};
use crate::gateway::changes::Changed;
use crate::gateway::directory::{Directory, DirectoryError, END_ALL, EPOCH, HOLD, USER, name};
use crate::scope::Subject;
use uuid::Uuid;

const ADD: &str = "INSERT INTO gateway_staff (user_id, created_at) SELECT u.id, ? FROM gateway_users u \
                   WHERE u.issuer = ? AND u.subject = ? \
                   AND NOT EXISTS (SELECT 1 FROM gateway_memberships m WHERE m.user_id = u.id)";
const REMOVE: &str = "DELETE FROM gateway_staff WHERE user_id = \
                      (SELECT id FROM gateway_users WHERE issuer = ? AND subject = ?)";
/// Whatever they have open ends too.
const END: &str = "INSERT INTO gateway_entry_ends (entry, ended_at, why) SELECT e.id, ?, ? FROM gateway_entries e \
                   JOIN gateway_users u ON u.id = e.user_id WHERE u.issuer = ? AND u.subject = ? AND ? < e.until \
                   AND NOT EXISTS (SELECT 1 FROM gateway_entry_ends n WHERE n.entry = e.id)";
const IS_STAFF: &str = "SELECT t.user_id FROM gateway_staff t JOIN gateway_users u ON u.id = t.user_id \
                        WHERE u.issuer = ? AND u.subject = ?";

impl Directory {
    /// Makes somebody a member of the platform's staff, also before they ever signed in. Their sessions end: nobody's privileges
    /// change under an old id. It opens no organization: see [`Sessions::enter`](crate::gateway::Sessions::enter).
    ///
    /// # Errors
    /// [`DirectoryError::Tier`] when they are a member of an organization, of whatever state; [`DirectoryError::Taken`] when
    /// they are of the staff; [`DirectoryError::Database`].
    pub async fn add_staff(&self, subject: &Subject) -> Result<(), DirectoryError> {
        const EVENT: &str = "staff added";
        let now = || self.inner.db.now();
        let user = [vec![Value::Id(Uuid::new_v4())], name(subject), vec![now()]].concat();
        let steps = vec![
            Statement::new(USER, user),
            Statement::new(HOLD, name(subject)),
            Statement::new(ADD, [vec![now()], name(subject)].concat()).required(),
            Statement::new(EPOCH, name(subject)),
            self.sign_out(EVENT, subject),
            self.line_of(EVENT, subject, None),
        ];
        match self.inner.db.write(steps, &[Changed::Subject(subject)]).await {
            Ok(_) => Ok(()),
            // The user is there, so it is a membership that was in the way.
            Err(Failure::Nothing) => Err(DirectoryError::Tier),
            Err(failure) => Err(failure.into()),
        }
    }

    /// Takes somebody out of the platform's staff: their entries, their sessions and what was granted to them end.
    ///
    /// # Errors
    /// [`DirectoryError::NothingToChange`] when they are not of it; [`DirectoryError::Database`].
    pub async fn remove_staff(&self, subject: &Subject) -> Result<(), DirectoryError> {
        const EVENT: &str = "staff removed";
        let now = || self.inner.db.now();
        let end = [vec![now(), Value::Text(EVENT.to_owned())], name(subject), vec![now()]].concat();
        let steps = vec![
            Statement::new(EPOCH, name(subject)).required(),
            Statement::new(REMOVE, name(subject)).required(),
            Statement::new(END, end),
            self.sign_out(EVENT, subject),
            self.line_of(EVENT, subject, None),
        ];
        self.run(steps, &[Changed::Subject(subject)]).await
    }

    /// Whether somebody is of the platform's staff.
    ///
    /// # Errors
    /// [`DirectoryError::Database`].
    pub async fn is_staff(&self, subject: &Subject) -> Result<bool, DirectoryError> {
        let find = Statement::new(IS_STAFF, name(subject)).returning(&[Kind::Id]);
        Ok(!self.inner.db.read(find).await?.rows.is_empty())
    }

    fn sign_out(&self, why: &str, subject: &Subject) -> Statement {
        let values = [vec![self.inner.db.now(), Value::Text(why.to_owned())], name(subject)].concat();
        Statement::new(END_ALL, values)
    }
}
