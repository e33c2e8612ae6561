//! What a row of the database says about a session.

use std::time::SystemTime;
use tenancy::__private::unix_time;
use tenancy::db::Error;
use tenancy::scope::{Epochs, OrgId, Subject, Tier};
use tenancy_service::__private::sql::{Kind, StoreError, Value};
use uuid::Uuid;

/// A live session, as the database knows it.
#[derive(Debug)]
pub(crate) struct SessionRow {
    pub(crate) id_hash: Vec<u8>,
    pub(crate) handle: Uuid,
    pub(crate) version: i64,
    pub(crate) user: Uuid,
    pub(crate) subject: Subject,
    /// The organization that the session acts for, and the membership if it still holds.
    pub(crate) org: Option<OrgId>,
    pub(crate) member: Option<Member>,
    pub(crate) authenticated_at: u64,
    pub(crate) methods: String,
    pub(crate) assurance: String,
    pub(crate) seen_at: u64,
    /// From when on it is over, in seconds since 1970: by itself, and whatever happens.
    pub(crate) idle_until: u64,
    pub(crate) absolute_until: u64,
    /// When this was read.
    pub(crate) now: u64,
}

/// A membership that holds now, with the epochs under which it was read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Member {
    pub(crate) org: OrgId,
    pub(crate) tier: Tier,
    pub(crate) epochs: Epochs,
}

impl SessionRow {
    /// Whether the session is past a limit at `now`.
    pub(crate) fn is_over(&self, now: u64) -> bool {
        now >= self.idle_until.min(self.absolute_until)
    }

    /// Whether the session acts for an organization that its user is no member of now: an entry of staff, or a membership that
    /// ended.
    pub(crate) fn is_no_members(&self) -> bool {
        self.org.is_some() && self.member.is_none()
    }

    pub(crate) fn read(row: Vec<Value>) -> Result<Self, StoreError> {
        let mut row = Cells::new(row);
        let (id_hash, handle, version, user) = (row.bytes()?, row.id()?, row.int()?, row.id()?);
        let subject = Subject { issuer: row.text()?, subject: row.text()? };
        let user_epoch = row.count()?;
        let org = row.id_or_none()?.map(OrgId::new);
        let (tier, org_epoch) = (row.text_or_none()?, row.int_or_none()?);
        let member = match (org, tier, org_epoch) {
            (Some(org), Some(tier), Some(epoch)) => {
                let epochs = Epochs { org: epoch.try_into().map_err(|_| shape())?, sub: user_epoch };
                Some(Member { org, tier: self::tier(&tier)?, epochs })
            }
            _ => None,
        };
        Ok(Self {
            id_hash,
            handle,
            version,
            user,
            subject,
            org,
            member,
            authenticated_at: row.count()?,
            methods: row.text()?,
            assurance: row.text()?,
            seen_at: row.count()?,
            idle_until: row.count()?,
            absolute_until: row.count()?,
            now: row.count()?,
        })
    }
}

impl Member {
    pub(crate) fn read(row: Vec<Value>) -> Result<Self, StoreError> {
        let mut row = Cells::new(row);
        let (org, tier) = (OrgId::new(row.id()?), self::tier(&row.text()?)?);
        Ok(Self { org, tier, epochs: Epochs { org: row.count()?, sub: row.count()? } })
    }
}

/// A tier as the tables spell it. Staff of the platform are never members.
pub(crate) fn tier(name: &str) -> Result<Tier, StoreError> {
    match name {
        "org" => Ok(Tier::Org),
        "tenant" => Ok(Tier::Tenant),
        _ => Err(shape()),
    }
}

/// How the tables spell a tier; `None` for one that no member has.
pub(crate) fn tier_name(tier: Tier) -> Option<&'static str> {
    match tier {
        Tier::Org => Some("org"),
        Tier::Tenant => Some("tenant"),
        _ => None,
    }
}

/// A row that is not of the shape that its statement promises: the tables were changed by another program or an operator.
pub(crate) fn shape() -> StoreError {
    let what = "a row of the gateway's tables has another shape than this version expects";
    StoreError::Database(Error::Database(diesel::result::Error::DeserializationError(what.into())))
}

/// The values of a row, from left to right.
pub(crate) struct Cells(std::vec::IntoIter<Value>);

impl Cells {
    pub(crate) fn new(row: Vec<Value>) -> Self {
        Self(row.into_iter())
    }

    pub(crate) fn int_or_none(&mut self) -> Result<Option<i64>, StoreError> {
        match self.0.next() {
            Some(Value::Int(value)) => Ok(Some(value)),
            Some(Value::Null(Kind::Int)) => Ok(None),
            _ => Err(shape()),
        }
    }

    pub(crate) fn text_or_none(&mut self) -> Result<Option<String>, StoreError> {
        match self.0.next() {
            Some(Value::Text(value)) => Ok(Some(value)),
            Some(Value::Null(Kind::Text)) => Ok(None),
            _ => Err(shape()),
        }
    }

    pub(crate) fn id_or_none(&mut self) -> Result<Option<Uuid>, StoreError> {
        match self.0.next() {
            Some(Value::Id(value)) => Ok(Some(value)),
            Some(Value::Null(Kind::Id)) => Ok(None),
            _ => Err(shape()),
        }
    }

    pub(crate) fn bytes_or_none(&mut self) -> Result<Option<Vec<u8>>, StoreError> {
        match self.0.next() {
            Some(Value::Bytes(value)) => Ok(Some(value)),
            Some(Value::Null(Kind::Bytes)) => Ok(None),
            _ => Err(shape()),
        }
    }

    pub(crate) fn int(&mut self) -> Result<i64, StoreError> {
        self.int_or_none()?.ok_or_else(shape)
    }

    /// A number that is never below zero: a time, an epoch.
    /// A time, which is kept as seconds since 1970.
    pub(crate) fn time(&mut self) -> Result<SystemTime, StoreError> {
        self.count().map(unix_time)
    }

    pub(crate) fn time_or_none(&mut self) -> Result<Option<SystemTime>, StoreError> {
        let seconds = self.int_or_none()?.map(u64::try_from).transpose().map_err(|_| shape())?;
        Ok(seconds.map(unix_time))
    }

    pub(crate) fn count(&mut self) -> Result<u64, StoreError> {
        self.int()?.try_into().map_err(|_| shape())
    }

    pub(crate) fn text(&mut self) -> Result<String, StoreError> {
        self.text_or_none()?.ok_or_else(shape)
    }

    pub(crate) fn id(&mut self) -> Result<Uuid, StoreError> {
        self.id_or_none()?.ok_or_else(shape)
    }

    pub(crate) fn bytes(&mut self) -> Result<Vec<u8>, StoreError> {
        self.bytes_or_none()?.ok_or_else(shape)
    }
}
