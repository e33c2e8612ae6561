//! What a row of the database says about a session.

use crate::db::Error;
use crate::db::platform::{Failure, Kind, Value};
use crate::scope::{Epochs, OrgId, Subject, Tier};
use uuid::Uuid;

/// A live session, as the database knows it.
#[derive(Debug)]
pub(super) struct Facts {
    pub(super) id_hash: Vec<u8>,
    pub(super) handle: Uuid,
    pub(super) version: i64,
    pub(super) user: Uuid,
    pub(super) subject: Subject,
    /// The organization that the session acts for, and the membership if it still holds.
    pub(super) org: Option<OrgId>,
    pub(super) member: Option<Member>,
    pub(super) authenticated_at: u64,
    pub(super) methods: String,
    pub(super) assurance: String,
    pub(super) seen_at: u64,
    /// From when on it is over, in seconds since 1970: by itself, and whatever happens.
    pub(super) idle_until: u64,
    pub(super) absolute_until: u64,
    /// When this was read.
    pub(super) now: u64,
}

/// A membership that holds now, with the epochs under which it was read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Member {
    pub(super) org: OrgId,
    pub(super) tier: Tier,
    pub(super) epochs: Epochs,
}

/// The columns of [`Facts`], in the order of the statement that reads them.
pub(super) const SESSION: &[Kind] = &[
    Kind::Bytes,
    Kind::Id,
    Kind::Int,
    Kind::Id,
    Kind::Text,
    Kind::Text,
    Kind::Int,
    Kind::Id,
    Kind::Text,
    Kind::Int,
    Kind::Int,
    Kind::Text,
    Kind::Text,
    Kind::Int,
    Kind::Int,
    Kind::Int,
    Kind::Int,
];

/// The columns of [`Member`].
pub(super) const MEMBER: &[Kind] = &[Kind::Id, Kind::Text, Kind::Int, Kind::Int];

impl Facts {
    /// Whether the session is past a limit at `now`.
    pub(super) fn is_over(&self, now: u64) -> bool {
        now >= self.idle_until.min(self.absolute_until)
    }

    /// Whether the session acts for an organization that its user is no member of now: an entry of staff, or a membership that
    /// ended.
    pub(super) fn is_no_members(&self) -> bool {
        self.org.is_some() && self.member.is_none()
    }

    pub(super) fn read(row: Vec<Value>) -> Result<Self, Failure> {
        let mut row = Cells::new(row);
        let (id_hash, handle, version, user) = (row.bytes()?, row.id()?, row.int()?, row.id()?);
        let subject = Subject { op: row.text()?, id: row.text()? };
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
    pub(super) fn read(row: Vec<Value>) -> Result<Self, Failure> {
        let mut row = Cells::new(row);
        let (org, tier) = (OrgId::new(row.id()?), self::tier(&row.text()?)?);
        Ok(Self { org, tier, epochs: Epochs { org: row.count()?, sub: row.count()? } })
    }
}

/// A tier as the tables spell it. Staff of the platform are never members.
pub(super) fn tier(name: &str) -> Result<Tier, Failure> {
    match name {
        "org" => Ok(Tier::Org),
        "tenant" => Ok(Tier::Tenant),
        _ => Err(shape()),
    }
}

/// How the tables spell a tier; `None` for one that no member has.
pub(super) fn tier_name(tier: Tier) -> Option<&'static str> {
    match tier {
        Tier::Org => Some("org"),
        Tier::Tenant => Some("tenant"),
        Tier::Platform => None,
    }
}

/// A row that is not of the shape that its statement promises: the tables were changed by somebody else.
pub(super) fn shape() -> Failure {
    let what = "a row of the gateway's tables has another shape than this version expects";
    Failure::Database(Error::Database(diesel::result::Error::DeserializationError(what.into())))
}

/// The values of a row, from left to right.
pub(super) struct Cells(std::vec::IntoIter<Value>);

impl Cells {
    pub(super) fn new(row: Vec<Value>) -> Self {
        Self(row.into_iter())
    }

    pub(super) fn int_or_none(&mut self) -> Result<Option<i64>, Failure> {
        match self.0.next() {
            Some(Value::Int(value)) => Ok(Some(value)),
            Some(Value::Null(Kind::Int)) => Ok(None),
            _ => Err(shape()),
        }
    }

    pub(super) fn text_or_none(&mut self) -> Result<Option<String>, Failure> {
        match self.0.next() {
            Some(Value::Text(value)) => Ok(Some(value)),
            Some(Value::Null(Kind::Text)) => Ok(None),
            _ => Err(shape()),
        }
    }

    pub(super) fn id_or_none(&mut self) -> Result<Option<Uuid>, Failure> {
        match self.0.next() {
            Some(Value::Id(value)) => Ok(Some(value)),
            Some(Value::Null(Kind::Id)) => Ok(None),
            _ => Err(shape()),
        }
    }

    pub(super) fn bytes_or_none(&mut self) -> Result<Option<Vec<u8>>, Failure> {
        match self.0.next() {
            Some(Value::Bytes(value)) => Ok(Some(value)),
            Some(Value::Null(Kind::Bytes)) => Ok(None),
            _ => Err(shape()),
        }
    }

    pub(super) fn int(&mut self) -> Result<i64, Failure> {
        self.int_or_none()?.ok_or_else(shape)
    }

    /// A number that is never below zero: a time, an epoch.
    pub(super) fn count(&mut self) -> Result<u64, Failure> {
        self.int()?.try_into().map_err(|_| shape())
    }

    pub(super) fn text(&mut self) -> Result<String, Failure> {
        self.text_or_none()?.ok_or_else(shape)
    }

    pub(super) fn id(&mut self) -> Result<Uuid, Failure> {
        self.id_or_none()?.ok_or_else(shape)
    }

    pub(super) fn bytes(&mut self) -> Result<Vec<u8>, Failure> {
        self.bytes_or_none()?.ok_or_else(shape)
    }
}
