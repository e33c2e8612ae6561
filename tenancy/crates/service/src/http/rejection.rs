//! Why a request was refused: one detailed reason for logs and metrics, one opaque answer for the client.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use std::fmt;
use tenancy::scope::ScopeRejection;

/// Declares the reasons with their name in metrics and the status of the response. `Outsider` is the status that [`NotAMember`] says.
macro_rules! reasons {
    (@status Outsider) => { None };
    (@status $status:ident) => { Some(StatusCode::$status) };
    ($($(#[$doc:meta])* $reason:ident = $name:literal => $status:ident),* $(,)?) => {
        /// Why the gateway, or a service behind it, refused a request: for logs, metrics and the audit log, never for the client.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum RejectionReason {
            $($(#[$doc])* $reason,)*
        }

        impl RejectionReason {
            /// All of them, in order.
            pub const ALL: &'static [Self] = &[$(Self::$reason),*];

            /// Its name in metrics and in the audit log.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$reason => $name,)* }
            }

            /// The status of the response; none where it is [`NotAMember`]'s to say.
            const fn status(self) -> Option<StatusCode> {
                match self { $(Self::$reason => reasons!(@status $status),)* }
            }
        }
    };
}

reasons! {
    /// A header whose name means the gateway's own, in whatever spelling.
    GatewayHeader = "gateway_header" => BAD_REQUEST,
    /// A `Connection` header that names a header which the gateway reads or removes.
    Connection = "connection_header" => BAD_REQUEST,
    /// No host, two hosts, or another host than the configured one.
    Host = "host" => BAD_REQUEST,
    /// A path that two readers may understand differently.
    Path = "path" => BAD_REQUEST,
    /// A session cookie that is there twice, or is malformed.
    Cookie = "cookie" => BAD_REQUEST,
    /// More than 8 KiB of cookies.
    Cookies = "cookies" => REQUEST_HEADER_FIELDS_TOO_LARGE,
    /// No session cookie.
    NoSession = "no_session" => UNAUTHORIZED,
    /// A session cookie whose session is not there, is over, or whose user is disabled.
    DeadSession = "dead_session" => UNAUTHORIZED,
    /// An unsafe request that another site started, or one by which another origin's page loads a session's into itself.
    CrossSite = "cross_site" => FORBIDDEN,
    /// An unsafe request without this session's form token.
    FormToken = "form_token" => FORBIDDEN,
    /// A form of this session from before it got a new id: by a switch, a renewal or a step-up in another tab.
    OldForm = "old_form" => CONFLICT,
    /// A form of more than 64 KiB.
    FormSize = "form_size" => PAYLOAD_TOO_LARGE,
    /// The session's user is not, or no longer, a member of the organization, or there is no such organization, or it is
    /// suspended or closed.
    NotAMember = "not_a_member" => Outsider,
    /// A user who is not of the platform's staff asked to enter an organization.
    NotStaff = "not_staff" => Outsider,
    /// An entry without a reason, or with a reason or ticket that is too long or holds control characters.
    EntryReason = "entry_reason" => Outsider,
    /// An entry for no time, or for more than an hour.
    EntryTime = "entry_time" => Outsider,
    /// An entry under a session whose user gave no second factor.
    EntryProof = "entry_proof" => Outsider,
    /// An entry under a session whose user's proof is too old.
    EntryAge = "entry_age" => Outsider,
    /// An entry into an organization that there is not, or that is suspended or closed.
    EntryOrganization = "entry_organization" => Outsider,
    /// The session's entry is over: its time, by leaving, or because its user is no longer of the staff or the organization
    /// not active.
    EntryOver = "entry_over" => Outsider,
    /// The session's entry waits for a second person.
    EntryWaiting = "entry_waiting" => Outsider,
    /// An approval of an entry that there is not, that does not wait, or that is one's own.
    EntryApproval = "entry_approval" => Outsider,
    /// The session acts for no organization yet.
    NoOrganization = "no_organization" => CONFLICT,
    /// The page believed to be in another organization than the session is.
    OtherOrganization = "other_organization" => CONFLICT,
    /// The session was changed by another request at the same time.
    Changed = "changed" => CONFLICT,
    /// Another user than the session's signed in where the same was due.
    OtherUser = "other_user" => FORBIDDEN,
    /// The user proved who it is longer ago than this needs.
    StaleProof = "stale_proof" => FORBIDDEN,
    /// The user is disabled, or the provider ended this session already.
    SignInRefused = "sign_in_refused" => FORBIDDEN,
    /// A sign-in whose issuer, subject or other facts are empty, too long or hold control characters.
    SignInFacts = "sign_in_facts" => FORBIDDEN,
    /// A provider's answer to a sign-in that was not begun here, is over, or was answered before.
    SignInUnknown = "sign_in_unknown" => FORBIDDEN,
    /// As many sign-ins were begun as are kept at once.
    SignInsFull = "sign_ins_full" => SERVICE_UNAVAILABLE,
    /// The request's scope was taken before.
    ScopeTaken = "scope_taken" => INTERNAL_SERVER_ERROR,
    /// A handler panicked.
    Panicked = "panicked" => INTERNAL_SERVER_ERROR,
    /// The route has no gateway layer.
    NoLayer = "no_layer" => INTERNAL_SERVER_ERROR,
    /// The database did not answer, or not as it must.
    Unavailable = "unavailable" => SERVICE_UNAVAILABLE,
    /// No connection to the database was available in time. The step that needed one did nothing: unless the handler did something
    /// before it, the request may be sent again.
    NoConnection = "no_connection" => SERVICE_UNAVAILABLE,
    /// The grant could not be signed or was not admitted.
    Mint = "mint" => INTERNAL_SERVER_ERROR,
    /// A method that echoes the request, or that no grant is for.
    Method = "method" => METHOD_NOT_ALLOWED,
    /// A body that is longer than the route takes.
    BodySize = "body_size" => PAYLOAD_TOO_LARGE,
    /// A body that broke off, or took longer than the route waits.
    BodyRead = "body_read" => REQUEST_TIMEOUT,
    /// The gateway has no key yet, or no longer, that services trust.
    SigningKey = "signing_key" => SERVICE_UNAVAILABLE,
    /// The service behind the gateway did not answer.
    Upstream = "upstream" => BAD_GATEWAY,
    /// The service behind the gateway did not answer in time.
    UpstreamTime = "upstream_time" => GATEWAY_TIMEOUT,
    /// A service's request came without a grant.
    NoGrant = "no_grant" => UNAUTHORIZED,
    /// A grant over a connection without the gateway's certificate, at a service that takes bound ones only.
    GrantUnbound = "grant_unbound" => UNAUTHORIZED,
    /// A grant that is too long or no token at all.
    GrantForm = "grant_form" => UNAUTHORIZED,
    /// A grant whose key the service does not know.
    GrantKey = "grant_key" => UNAUTHORIZED,
    /// A grant whose key is outside its time.
    GrantKeyTime = "grant_key_time" => UNAUTHORIZED,
    /// A grant whose signature does not hold for this request.
    GrantSignature = "grant_signature" => UNAUTHORIZED,
    /// A grant that does not follow the profile: its fields, its times, its tier.
    GrantProfile = "grant_profile" => UNAUTHORIZED,
    /// A grant of another gateway or for another service.
    GrantParty = "grant_party" => UNAUTHORIZED,
    /// A grant that is not valid yet, or no longer.
    GrantTime = "grant_time" => UNAUTHORIZED,
    /// A grant for a request that changes something, used before.
    GrantReplayed = "grant_replayed" => UNAUTHORIZED,
    /// The service cannot remember more grants, or its clock was set back: it cannot tell a replay.
    ReplayMemory = "replay_memory" => SERVICE_UNAVAILABLE,
    /// A grant that was made before a membership changed.
    GrantEpoch = "grant_epoch" => UNAUTHORIZED,
}

/// What to answer when the user is no member of the organization that was asked for. Unknown, foreign, suspended and
/// closed organizations are answered alike, and so is whatever keeps staff from entering one.
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
///
/// `503` with `Retry-After` says that there was no connection to the database ([`RejectionReason::NoConnection`]) and that nothing was done for want
/// of it, so that a client may send the same again, a change too. Any other `503` does not say that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the request was refused: {}", self.reason.name())]
pub struct Rejection {
    reason: RejectionReason,
    not_a_member: NotAMember,
}

impl Rejection {
    /// A refusal for this reason, answered to outsiders as `not_a_member` says.
    pub fn new(reason: RejectionReason, not_a_member: NotAMember) -> Self {
        Self { reason, not_a_member }
    }

    /// The reason, for logs.
    pub fn reason(&self) -> RejectionReason {
        self.reason
    }

    /// Returns the status of the response.
    pub fn status(&self) -> StatusCode {
        match (self.reason.status(), self.not_a_member) {
            (Some(status), _) => status,
            (None, NotAMember::NotFound) => StatusCode::NOT_FOUND,
            (None, NotAMember::Forbidden) => StatusCode::FORBIDDEN,
        }
    }
}

impl fmt::Display for RejectionReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Converts the answer of the layer that decided about the request, or `NoLayer` where no layer did.
impl From<ScopeRejection> for Rejection {
    fn from(rejection: ScopeRejection) -> Self {
        rejection.reason().copied().unwrap_or_else(|| Self::new(RejectionReason::NoLayer, NotAMember::default()))
    }
}

impl IntoResponse for Rejection {
    fn into_response(self) -> Response {
        let status = self.status();
        let mut response = (status, status.canonical_reason().unwrap_or("refused")).into_response();
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if self.reason == RejectionReason::NoConnection {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        }
        response.extensions_mut().insert(self);
        response
    }
}
