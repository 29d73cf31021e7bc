//! Asking DNS servers: one datagram a question, however many wait for it; another server when one does not answer.

use std::collections::HashMap;
use std::net::SocketAddr;

use crate::timers::Timers;
use crate::{Micros, Random};

use super::cache::Cache;
use super::wire::{Question, Records, Reply};

/// How long each try waits, µs. The servers are tried in turn.
const PATIENCE: [Micros; 4] = [500_000, 1_000_000, 1_000_000, 1_500_000];
/// For how long a question without any answer is not asked again, µs.
const GAVE_UP: Micros = 5_000_000;
/// The most questions under way; an id has 16 bits.
const MOST_PENDING: usize = 20_000;

struct Pending {
    question: Question,
    /// Who waits for the answer.
    waiting: Vec<u64>,
    tries: usize,
    deadline: Micros,
}

pub(super) struct Client {
    servers: Vec<SocketAddr>,
    cache: Cache,
    pending: HashMap<u16, Pending>,
    ids: HashMap<Question, u16>,
    timers: Timers<u16>,
    random: Random,
    /// Datagrams to send.
    pub out: Vec<(SocketAddr, Vec<u8>)>,
}

impl Client {
    pub fn new(servers: Vec<SocketAddr>, seed: u64) -> Self {
        Self {
            servers,
            cache: Cache::default(),
            pending: HashMap::new(),
            ids: HashMap::new(),
            timers: Timers::new(),
            random: Random::new(seed),
            out: Vec::new(),
        }
    }

    /// The answer, if it is known (or cannot be asked for); else it will come out of `receive` or `expired` for `query`.
    pub fn ask(&mut self, question: &Question, query: u64, now: Micros) -> Option<Records> {
        if let Some(records) = self.cache.get(question, now) {
            return Some(records.clone());
        }
        if let Some(pending) = self.ids.get(question).and_then(|id| self.pending.get_mut(id)) {
            pending.waiting.push(query);
            return None;
        }
        let Some(id) = self.free_id() else {
            return Some(Records::default());
        };
        let pending = Pending { question: question.clone(), waiting: vec![query], tries: 0, deadline: now };
        self.pending.insert(id, pending);
        if !self.try_again(id, now) {
            self.pending.remove(&id);
            return Some(Records::default());
        }
        self.ids.insert(question.clone(), id);
        None
    }

    /// Take in a datagram: the answer to a question of ours, and who waits for it.
    ///
    /// It has to come from the server that was asked last, with the id that nobody else knows.
    pub fn receive(&mut self, bytes: &[u8], from: SocketAddr, now: Micros) -> Option<(Question, Records, Vec<u64>)> {
        let id = u16::from_be_bytes(*bytes.first_chunk()?);
        let pending = self.pending.get(&id)?;
        if self.server(pending.tries.checked_sub(1)?) != Some(from) {
            return None;
        }
        match pending.question.read(bytes) {
            Reply::Foreign => None,
            Reply::Records(records, lasts) => {
                let (question, waiting) = self.finish(id)?;
                self.cache.put(question.clone(), records.clone(), now + lasts, now);
                Some((question, records, waiting))
            }
            Reply::Failure if self.try_again(id, now) => None,
            Reply::Failure => self.give_up(id, now).map(|(question, waiting)| (question, Records::default(), waiting)),
        }
    }

    /// When the next try runs out.
    pub fn next_timeout(&self) -> Option<Micros> {
        self.timers.next()
    }

    /// A question that got no answer at all, and who waits for it; tries that are left are made on the way.
    pub fn expired(&mut self, now: Micros) -> Option<(Question, Vec<u64>)> {
        while let Some((_, id)) = self.timers.pop(now) {
            if !self.try_again(id, now) {
                return self.give_up(id, now);
            }
        }
        None
    }

    /// Send a question to the next server; false when it was tried often enough, or cannot be sent.
    fn try_again(&mut self, id: u16, now: Micros) -> bool {
        let Some(pending) = self.pending.get(&id) else {
            return false;
        };
        let (Some(patience), Some(server)) = (PATIENCE.get(pending.tries), self.server(pending.tries)) else {
            return false;
        };
        let Some(bytes) = pending.question.to_bytes(id) else {
            return false;
        };
        self.out.push((server, bytes));
        let deadline = now + patience;
        self.timers.change(id, Some(pending.deadline), Some(deadline));
        if let Some(pending) = self.pending.get_mut(&id) {
            pending.tries += 1;
            pending.deadline = deadline;
        }
        true
    }

    fn server(&self, tries: usize) -> Option<SocketAddr> {
        self.servers.iter().cycle().nth(tries % self.servers.len().max(1)).copied()
    }

    /// Nobody answers: do not ask again at once.
    fn give_up(&mut self, id: u16, now: Micros) -> Option<(Question, Vec<u64>)> {
        let (question, waiting) = self.finish(id)?;
        self.cache.put(question.clone(), Records::default(), now + GAVE_UP, now);
        Some((question, waiting))
    }

    fn finish(&mut self, id: u16) -> Option<(Question, Vec<u64>)> {
        let pending = self.pending.remove(&id)?;
        self.timers.change(id, Some(pending.deadline), None);
        self.ids.remove(&pending.question);
        Some((pending.question, pending.waiting))
    }

    /// An id that nobody can guess and no other question has.
    fn free_id(&mut self) -> Option<u16> {
        if self.pending.len() >= MOST_PENDING {
            return None;
        }
        loop {
            let id = (self.random.bits() >> 48) as u16;
            if !self.pending.contains_key(&id) {
                return Some(id);
            }
        }
    }
}
