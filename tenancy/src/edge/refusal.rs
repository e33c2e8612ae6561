//! Why a request was refused: one detailed reason for logs and metrics, one opaque answer for the client.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use std::fmt;

/// Declares the reasons with their name in metrics and their text in logs.
macro_rules! reasons {
    ($($(#[$doc:meta])* $reason:ident = $name:literal),* $(,)?) => {
        /// Why the gateway, or a service behind it, refused a request: for logs, metrics and the audit log, never for the client.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum Reason {
            $($(#[$doc])* $reason,)*
        }

        impl Reason {
            /// All of them, in order.
            pub const ALL: &'static [Self] = &[$(Self::$reason),*];

            /// Its name in metrics and in the audit log.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$reason => $name,)* }
            }
        }
    };
}

reasons! {
    /// A header whose name means the gateway's own, in whatever spelling.
    GatewayHeader = "gateway_header",
    /// A `Connection` header that names a header which the gateway reads or removes.
    Connection = "connection_header",
    /// No host, two hosts, or another host than the configured one.
    Host = "host",
    /// A path that two readers may understand differently.
    Path = "path",
    /// A session cookie that is there twice, or is malformed.
    Cookie = "cookie",
    /// More than 8 KiB of cookies.
    Cookies = "cookies",
    /// No session cookie.
    NoSession = "no_session",
    /// A session cookie whose session is not there, is over, or whose user is disabled.
    DeadSession = "dead_session",
    /// An unsafe request that another site started, or one by which another origin's page loads a session's into itself.
    CrossSite = "cross_site",
    /// An unsafe request without this session's form token.
    FormToken = "form_token",
    /// A form of this session from before it got a new id: by a switch, a renewal or a step-up in another tab.
    OldForm = "old_form",
    /// A form of more than 64 KiB.
    FormSize = "form_size",
    /// The session's user is not, or no longer, a member of the organization, or there is no such organization, or it is
    /// suspended or closed.
    NotAMember = "not_a_member",
    /// Somebody who is not of the platform's staff asked to enter an organization.
    NotStaff = "not_staff",
    /// An entry without a reason, or with a reason or ticket that is too long or holds control characters.
    EntryReason = "entry_reason",
    /// An entry for no time, or for more than an hour.
    EntryTime = "entry_time",
    /// An entry under a session whose user gave no second factor.
    EntryProof = "entry_proof",
    /// An entry under a session whose user's proof is too old.
    EntryAge = "entry_age",
    /// An entry into an organization that there is not, or that is suspended or closed.
    EntryOrganization = "entry_organization",
    /// The session's entry is over: its time, by leaving, or because its user is no longer of the staff or the organization
    /// not active.
    EntryOver = "entry_over",
    /// The session's entry waits for a second person.
    EntryWaiting = "entry_waiting",
    /// An approval of an entry that there is not, that does not wait, or that is one's own.
    EntryApproval = "entry_approval",
    /// The session acts for no organization yet.
    NoOrganization = "no_organization",
    /// The page believed to be in another organization than the session is.
    OtherOrganization = "other_organization",
    /// The session was changed by another request at the same time.
    Changed = "changed",
    /// Another user than the session's signed in where the same was due.
    OtherUser = "other_user",
    /// The user proved who it is longer ago than this needs.
    StaleProof = "stale_proof",
    /// The user is disabled, or the provider ended this session already.
    SignInRefused = "sign_in_refused",
    /// A sign-in whose issuer, subject or other facts are empty, too long or hold control characters.
    SignInFacts = "sign_in_facts",
    /// A provider's answer to a sign-in that was not begun here, is over, or was answered before.
    SignInUnknown = "sign_in_unknown",
    /// As many sign-ins were begun as are kept at once.
    SignInsFull = "sign_ins_full",
    /// The request's scope was taken before.
    ScopeTaken = "scope_taken",
    /// A handler panicked.
    Panicked = "panicked",
    /// The route has no gateway layer.
    NoLayer = "no_layer",
    /// The database did not answer, or not as it must.
    Unavailable = "unavailable",
    /// The grant could not be signed or was not admitted.
    Mint = "mint",
    /// A method that echoes the request, or that no grant is for.
    Method = "method",
    /// A body that is longer than the route takes.
    BodySize = "body_size",
    /// A body that broke off, or took longer than the route waits.
    BodyRead = "body_read",
    /// The gateway has no key yet, or no longer, that services trust.
    SigningKey = "signing_key",
    /// The service behind the gateway did not answer.
    Upstream = "upstream",
    /// The service behind the gateway did not answer in time.
    UpstreamTime = "upstream_time",
    /// A service's request came without a grant.
    NoGrant = "no_grant",
    /// A grant over a connection without the gateway's certificate, at a service that takes bound ones only.
    GrantUnbound = "grant_unbound",
    /// A grant that is too long or no token at all.
    GrantForm = "grant_form",
    /// A grant whose key the service does not know.
    GrantKey = "grant_key",
    /// A grant whose key is outside its time.
    GrantKeyTime = "grant_key_time",
    /// A grant whose signature does not hold for this request.
    GrantSignature = "grant_signature",
    /// A grant that does not follow the profile: its fields, its times, its tier.
    GrantProfile = "grant_profile",
    /// A grant of another gateway or for another service.
    GrantParty = "grant_party",
    /// A grant that is not valid yet, or no longer.
    GrantTime = "grant_time",
    /// A grant for a request that changes something, used before.
    GrantReplayed = "grant_replayed",
    /// The service cannot remember more grants, or its clock was set back: it cannot tell a replay.
    ReplayMemory = "replay_memory",
    /// A grant that was made before a membership changed.
    GrantEpoch = "grant_epoch",
}

/// What to answer when the user is no member of the organization that was asked for. Unknown, foreign, suspended and
/// closed organizations are answered alike, and so is whatever keeps staff from entering one.
#[cfg_attr(
    not(feature = "gateway"),
    expect(dead_code, unreachable_pub, reason = "a service behind a gateway asks for no membership")
)]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum NotAMember {
    /// `404`, as for a path that does not exist.
    #[default]
    NotFound,
    /// `403`.
    Forbidden,
}

/// A refused request. As a response it says its status and nothing else; the reason is for logs. It lies in the response's
/// extensions too, which no client sees: a layer outside the gateway's may answer a person in better words than a status has. Let
/// it tell apart nothing that the status does not, where organizations are concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the request was refused: {}", self.reason.name())]
pub struct Refused {
    reason: Reason,
    not_a_member: NotAMember,
}

impl Refused {
    pub(crate) fn new(reason: Reason, not_a_member: NotAMember) -> Self {
        Self { reason, not_a_member }
    }

    /// The reason, for logs.
    pub fn reason(&self) -> Reason {
        self.reason
    }

    /// The status of the answer.
    pub fn status(&self) -> StatusCode {
        match self.reason {
            Reason::GatewayHeader | Reason::Connection | Reason::Host | Reason::Path | Reason::Cookie => {
                StatusCode::BAD_REQUEST
            }
            Reason::Cookies => StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            Reason::NoSession | Reason::DeadSession => StatusCode::UNAUTHORIZED,
            Reason::NoGrant
            | Reason::GrantUnbound
            | Reason::GrantForm
            | Reason::GrantKey
            | Reason::GrantKeyTime
            | Reason::GrantSignature
            | Reason::GrantProfile
            | Reason::GrantParty
            | Reason::GrantTime
            | Reason::GrantReplayed
            | Reason::GrantEpoch => StatusCode::UNAUTHORIZED,
            Reason::Method => StatusCode::METHOD_NOT_ALLOWED,
            Reason::BodySize => StatusCode::PAYLOAD_TOO_LARGE,
            Reason::BodyRead => StatusCode::REQUEST_TIMEOUT,
            Reason::Upstream => StatusCode::BAD_GATEWAY,
            Reason::UpstreamTime => StatusCode::GATEWAY_TIMEOUT,
            Reason::SigningKey | Reason::ReplayMemory | Reason::SignInsFull => StatusCode::SERVICE_UNAVAILABLE,
            Reason::CrossSite
            | Reason::FormToken
            | Reason::OtherUser
            | Reason::StaleProof
            | Reason::SignInRefused
            | Reason::SignInFacts
            | Reason::SignInUnknown => StatusCode::FORBIDDEN,
            Reason::FormSize => StatusCode::PAYLOAD_TOO_LARGE,
            Reason::NotAMember
            | Reason::NotStaff
            | Reason::EntryReason
            | Reason::EntryTime
            | Reason::EntryProof
            | Reason::EntryAge
            | Reason::EntryOrganization
            | Reason::EntryWaiting
            | Reason::EntryApproval
            | Reason::EntryOver => match self.not_a_member {
                NotAMember::NotFound => StatusCode::NOT_FOUND,
                NotAMember::Forbidden => StatusCode::FORBIDDEN,
            },
            Reason::NoOrganization | Reason::OtherOrganization | Reason::Changed | Reason::OldForm => {
                StatusCode::CONFLICT
            }
            Reason::ScopeTaken | Reason::NoLayer | Reason::Mint | Reason::Panicked => StatusCode::INTERNAL_SERVER_ERROR,
            Reason::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let status = self.status();
        let mut response = (status, status.canonical_reason().unwrap_or("refused")).into_response();
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        response.extensions_mut().insert(self);
        response
    }
}
