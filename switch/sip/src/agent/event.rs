//! What the agent tells its owner.

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;

use super::refusals::Refusal;
use crate::{Target, Transport, Uri};

/// Header fields: name and value.
pub type Fields = Vec<(String, String)>;

/// What is to be done or has happened. Drain it with [`super::Agent::poll`] after each call.
#[derive(Debug)]
pub enum AgentOutput {
    /// Put this on the wire.
    Send {
        /// Where it goes.
        target: Target,
        /// A whole message.
        bytes: Arc<[u8]>,
    },
    /// Find the addresses of this URI (RFC 3263) and give them to [`super::Agent::resolved`].
    Resolve {
        /// Names the question.
        query: u64,
        /// Its host is a name.
        uri: Uri,
    },
    /// Something happened.
    Event(AgentEvent),
}

/// Something happened. The last event of a leg is `Ended`, exactly once.
#[derive(Debug, Clone, PartialEq)]
pub enum AgentEvent {
    /// A call has come in. It waits for `ring`, `answer` or `reject`.
    Invited(Box<Invitation>),
    /// A call that we make goes on.
    Progress {
        /// The leg.
        leg: u64,
        /// Which of the phones that ring: each has a number.
        fork: u32,
        /// 100 to 199.
        status: u16,
        /// The SDP answer, when early media follow.
        body: Option<Vec<u8>>,
    },
    /// A call that we make was taken. All other forks are gone.
    Answered {
        /// The leg.
        leg: u64,
        /// The phone that took it.
        fork: u32,
        /// The SDP answer: of the final answer, or of the provisional one before it.
        body: Vec<u8>,
        /// Header fields that may matter to an application.
        headers: Fields,
    },
    /// The peer wants to change the session: `accept_offer` or `refuse_offer`.
    Offered {
        /// The leg.
        leg: u64,
        /// The SDP offer; none when the peer asks us for one, which `accept_offer` then carries.
        body: Option<Vec<u8>>,
    },
    /// The answer to an offer of ours, whichever way that went out.
    OfferAnswered {
        /// The leg.
        leg: u64,
        /// The SDP answer.
        body: Vec<u8>,
    },
    /// The peer refused an offer of ours; the session stays as it was.
    OfferRefused {
        /// The leg.
        leg: u64,
        /// Of its answer.
        status: u16,
    },
    /// The peer pressed a key and told by INFO.
    Key {
        /// The leg.
        leg: u64,
        /// 0-9, A-D, * or #.
        key: char,
        /// How long it was held.
        ms: u32,
    },
    /// The peer sent what is its application's own, by INFO.
    Informed {
        /// The leg.
        leg: u64,
        /// Of the body.
        content_type: String,
        /// At most [`super::info::LONGEST`] bytes.
        body: String,
    },
    /// The peer asks to be connected elsewhere: `accept_refer` or `refuse_refer`.
    Referred {
        /// The leg.
        leg: u64,
        /// The URI of Refer-To, header part included.
        to: String,
        /// The value of Referred-By, or nothing.
        by: String,
    },
    /// How far the peer has got with what we asked it to connect to.
    ReferState {
        /// The leg.
        leg: u64,
        /// Of its answer to REFER; 0 while none has come.
        answer: u16,
        /// The same, or what it told by NOTIFY since.
        status: u16,
        /// Nothing more will come.
        done: bool,
    },
    /// The leg is gone.
    Ended {
        /// The leg.
        leg: u64,
        /// How that came.
        cause: Cause,
        /// The SIP status that ended it; 0 when none did.
        status: u16,
        /// Its phrase, or a sentence of ours.
        reason: String,
        /// Header fields of the message that ended it that may matter to an application.
        headers: Fields,
    },
    /// A message of a leg, for its timeline.
    Signal {
        /// The leg.
        leg: u64,
        /// We sent it.
        sent: bool,
        /// `INVITE sip:…` or `200 OK`.
        line: String,
        /// Its CSeq.
        cseq: String,
        /// The other side's address; none when it is not known yet.
        peer: Option<SocketAddr>,
    },
    /// A phone registered, or left (`expires_s` 0).
    Registered {
        /// The name of the domain.
        domain: String,
        /// The user.
        username: String,
        /// The phone's URI.
        contact: String,
        /// For how long.
        expires_s: u32,
        /// Where it came from.
        source: SocketAddr,
    },
    /// A request got no leg.
    Refused(Refusal),
    /// Health of a gateway, or of our registration with a trunk (`gateway` is empty).
    TrunkState {
        /// The name of the trunk.
        trunk: String,
        /// The address of the gateway as it was configured.
        gateway: String,
        /// Calls can go there.
        up: bool,
        /// A sentence.
        reason: String,
    },
}

impl AgentEvent {
    /// The leg that it is about; none for what is about phones, trunks and strangers.
    pub fn leg(&self) -> Option<u64> {
        match self {
            Self::Invited(invitation) => Some(invitation.leg),
            Self::Progress { leg, .. }
            | Self::Answered { leg, .. }
            | Self::Offered { leg, .. }
            | Self::OfferAnswered { leg, .. }
            | Self::OfferRefused { leg, .. }
            | Self::Key { leg, .. }
            | Self::Informed { leg, .. }
            | Self::Referred { leg, .. }
            | Self::ReferState { leg, .. }
            | Self::Ended { leg, .. }
            | Self::Signal { leg, .. } => Some(*leg),
            Self::Registered { .. } | Self::Refused(_) | Self::TrunkState { .. } => None,
        }
    }
}

/// A call that has come in.
#[derive(Debug, Clone, PartialEq)]
pub struct Invitation {
    /// The leg; the agent chose its number.
    pub leg: u64,
    /// The SDP offer. None: `answer` carries one, and `OfferAnswered` brings the answer to it.
    pub offer: Option<Vec<u8>>,
    /// Request URI.
    pub uri: Uri,
    /// URI of From.
    pub from: Uri,
    /// Display name of From.
    pub from_name: String,
    /// URI of To.
    pub to: Uri,
    /// The domain that let it in, or nothing.
    pub domain: String,
    /// The trunk that let it in, or nothing.
    pub trunk: String,
    /// The credential that let it in, or nothing.
    pub username: String,
    /// Address of the caller.
    pub source: SocketAddr,
    /// What carried it.
    pub transport: Transport,
    /// Call-ID.
    pub call_id: String,
    /// Header fields that may matter to an application.
    pub headers: Fields,
}

/// How a leg ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cause {
    /// The peer hung up.
    Remote,
    /// The peer refused.
    Rejected,
    /// The peer was busy.
    Busy,
    /// Nobody took the call.
    NoAnswer,
    /// The caller gave up before the call was taken.
    Canceled,
    /// It could not be made or kept.
    Failed,
    /// We hung up, for the cause that `hang_up` was given.
    Given(String),
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Remote => "remote",
            Self::Rejected => "rejected",
            Self::Busy => "busy",
            Self::NoAnswer => "no_answer",
            Self::Canceled => "canceled",
            Self::Failed => "failed",
            Self::Given(cause) => cause,
        })
    }
}

/// Why and how a leg ends: what becomes an `Ended`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Ending {
    pub cause: Cause,
    pub status: u16,
    pub reason: String,
    pub headers: Fields,
}

impl Ending {
    pub fn new(cause: Cause, status: u16, reason: impl Into<String>) -> Self {
        Self { cause, status, reason: reason.into(), headers: Vec::new() }
    }

    pub fn failed(status: u16, reason: impl Into<String>) -> Self {
        Self::new(Cause::Failed, status, reason)
    }
}
