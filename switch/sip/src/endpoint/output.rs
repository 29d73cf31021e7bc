//! What an endpoint tells its owner.

use std::sync::Arc;

use crate::{Flow, Request, Response, Target};

/// A request that we sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ClientKey(pub(super) u64);

/// A request that we received and answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ServerKey(pub(super) u64);

/// What happened, or is to be done. Drain it with [`crate::Endpoint::poll`] after each call.
#[derive(Debug)]
pub enum Output {
    /// Put this on the wire.
    Send {
        /// Where it goes.
        target: Target,
        /// A whole message; shared with the transaction that may send it again.
        bytes: Arc<[u8]>,
    },
    /// A new request. It gets exactly one final answer through `respond`.
    Request {
        /// Names it.
        key: ServerKey,
        /// The request; its top Via says where it came from.
        request: Request,
        /// The path it came on.
        flow: Flow,
    },
    /// The ACK of a 2xx. ACKs of refusals never get here.
    Ack {
        /// The ACK.
        request: Request,
        /// The path it came on.
        flow: Flow,
    },
    /// The caller gives up an INVITE without a final answer: answer it with 487. The CANCEL has been answered.
    Cancel {
        /// The INVITE.
        invite: ServerKey,
    },
    /// An answer. After a final one nothing more comes for the key, except for an INVITE after a 2xx: then each further
    /// 2xx (a repeated one, or one of another fork) comes too, until [`Output::Closed`].
    Response {
        /// The request.
        key: ClientKey,
        /// The answer, with our Via on top.
        response: Response,
    },
    /// An INVITE was answered with 2xx some time ago: no more answers will be taken. The last word on it.
    Closed {
        /// The INVITE.
        key: ClientKey,
    },
    /// The peer never answered; counts as 408. The last word on it.
    TimedOut {
        /// The request.
        key: ClientKey,
    },
    /// The request could not be carried; counts as 503. The last word on it.
    Failed {
        /// The request.
        key: ClientKey,
        /// A sentence.
        why: String,
    },
    /// A request that we received is forgotten; what `respond` is told about it has no effect any more.
    Gone {
        /// The request.
        key: ServerKey,
        /// How it ended.
        end: End,
    },
}

/// How the transaction of a received request ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// It was answered and all is well.
    Answered,
    /// Our refusal of an INVITE was never acknowledged.
    NoAck,
    /// It was not answered while the client waited.
    Unanswered,
}
