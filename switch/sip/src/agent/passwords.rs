//! Asking others who they are: digest without state, and a memory for replays (RFC 7616 §3.4, §5.5).
//!
//! Rule 1: to the peer, an unknown user and a wrong password look alike, and cost the same time.
//! Rule 2: a nonce lives for a minute, and each count under it serves once. What is remembered is bounded: only a right
//! password is remembered at all.

use std::collections::HashMap;

use crate::digest::{Credentials, Ha1, Hash, Verdict, Verifier};
use crate::message::Request;
use crate::random::Random;
use crate::{Micros, Name, Uri};

/// How long a nonce serves.
const LIFETIME: Micros = 60_000_000;
/// Most proofs that are remembered for a lifetime; with more, further ones have to be made anew.
const MOST_PROOFS: usize = 200_000;

/// The users of a domain, by name.
pub(crate) type Users = HashMap<String, Ha1>;

/// Why a request has not proved who sent it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Unproved {
    /// It did not try.
    Silent,
    /// It has to try again with a new nonce; its password may be right.
    Stale,
    /// It tried and failed: a sentence for our side, never for the peer.
    Wrong(&'static str),
}

pub(crate) struct Passwords {
    /// What is asked for and taken, in the order in which it is offered.
    hashes: Vec<Hash>,
    verifier: Verifier,
    /// Verified for users that there are not.
    nobody: Ha1,
    /// The highest count of each nonce, user and client nonce, of this lifetime and of the last one.
    seen: HashMap<String, u32>,
    before: HashMap<String, u32>,
    turn: Micros,
}

impl Passwords {
    pub fn new(hashes: &[Hash], random: &mut Random) -> Self {
        let mut secret = [0; 32];
        for part in secret.chunks_exact_mut(8) {
            part.copy_from_slice(&random.bits().to_be_bytes());
        }
        Self {
            hashes: hashes.to_vec(),
            verifier: Verifier::new(&secret, LIFETIME),
            nobody: Ha1::new(&random.token(), &random.token(), &random.token()),
            seen: HashMap::new(),
            before: HashMap::new(),
            turn: 0,
        }
    }

    /// The values of WWW-Authenticate.
    pub fn challenges(&self, realm: &str, stale: bool, now: Micros) -> Vec<String> {
        self.hashes.iter().map(|&hash| self.verifier.challenge(realm, hash, stale, now)).collect()
    }

    /// Who sent a request, by its password in `realm`.
    pub fn verify(&mut self, request: &Request, realm: &str, users: &Users, now: Micros) -> Result<String, Unproved> {
        let Some(claim) = claim(request, realm) else {
            return Err(Unproved::Silent);
        };
        if !self.hashes.contains(&claim.algorithm.hash) {
            return Err(Unproved::Wrong("The password was proved by a digest that nobody asked for."));
        }
        let known = users.get(&claim.username);
        let ha1 = known.unwrap_or(&self.nobody);
        let verdict = self.verifier.verify(&claim, ha1, request.method.as_str(), &request.body, now);
        match (verdict, known) {
            (_, None) => Err(Unproved::Wrong("The user is unknown.")),
            (Verdict::Wrong, Some(_)) => Err(Unproved::Wrong("The password is wrong.")),
            (Verdict::Stale, Some(_)) => Err(Unproved::Stale),
            (Verdict::Genuine, Some(_)) if !is_for(&claim, &request.uri) => {
                Err(Unproved::Wrong("The password was given for another address."))
            }
            (Verdict::Genuine, Some(_)) => match self.is_first(&claim, now) {
                true => Ok(claim.username),
                false => Err(Unproved::Stale),
            },
        }
    }

    /// Whether this proof is used for the first time.
    fn is_first(&mut self, claim: &Credentials, now: Micros) -> bool {
        if now >= self.turn + LIFETIME {
            self.before = std::mem::take(&mut self.seen);
            if now >= self.turn + 2 * LIFETIME {
                self.before.clear();
            }
            self.turn = now;
        }
        // Without a count (RFC 2069) a nonce serves once.
        let count = claim.nc().unwrap_or(1);
        let proof = format!("{}\n{}\n{}", claim.nonce, claim.cnonce, claim.username);
        let last = self.seen.get(&proof).or_else(|| self.before.get(&proof));
        if last.is_some_and(|&last| count <= last) || self.seen.len() >= MOST_PROOFS {
            return false;
        }
        self.seen.insert(proof, count);
        true
    }
}

/// The claim of a request about itself in a realm; one that cannot be read is none.
fn claim(request: &Request, realm: &str) -> Option<Credentials> {
    let all = request.headers.all(&Name::Authorization);
    all.filter_map(|value| Credentials::parse(value).ok()).find(|claim| claim.realm.eq_ignore_ascii_case(realm))
}

/// Whether a proof was made for this address. Proxies may add parameters on the way.
fn is_for(claim: &Credentials, uri: &Uri) -> bool {
    Uri::parse(&claim.uri).is_ok_and(|claimed| claimed.user == uri.user && claimed.host.same_as(&uri.host))
}
