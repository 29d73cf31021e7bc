//! Messages from the network, in any order, against transactions in all states.

use std::net::SocketAddr;

use hookflash_sip::{
    Config, Endpoint, Flow, Frame, Framer, Message, Method, Micros, Name, Output, Random, Request, Response, SentBy,
    Target, Transport,
};

const T1: Micros = 500_000;

/// What is said to the requests that come, in turn.
const ANSWERS: [u16; 4] = [180, 200, 486, 401];

/// Whatever comes: once both users have had their last word, nothing of it is left after 64*T1 for the CANCEL and
/// 64*T1 for those who have to be told again.
pub fn check(bytes: &[u8]) {
    let mut one = Element::new();
    let invite = one.invite();
    // Answers to our INVITE must know its branch, and an input cannot.
    let text = String::from_utf8_lossy(bytes).replace("BRANCH", &one.branch);
    let mut framer = Framer::new();
    framer.push(text.as_bytes());
    while !framer.is_broken() {
        match framer.next() {
            Ok(Some(Frame::Message(message))) => one.hear(message),
            Ok(Some(Frame::KeepAlive)) | Err(_) => {}
            Ok(None) => break,
        }
    }
    one.endpoint.cancel(invite, one.now);
    one.end_all();
    let last = one.now + 2 * 64 * T1;
    while let Some(at) = one.endpoint.next_timeout() {
        assert!(at <= last, "something waits for {at}, after {last}");
        one.now = at;
        one.endpoint.handle_timeout(at);
        one.drain();
        one.end_all();
    }
    assert_eq!(one.endpoint.transactions(), (0, 0));
    assert_eq!(one.endpoint.open(), 0);
}

struct Element {
    endpoint: Endpoint,
    now: Micros,
    unanswered: Vec<(hookflash_sip::ServerKey, Request)>,
    answered: usize,
    random: Random,
    /// Of the last request we sent.
    branch: String,
}

impl Element {
    fn new() -> Self {
        let by = SentBy { transport: Transport::Udp, host: "192.0.2.1".to_owned(), port: 5060 };
        let config = Config { sent_by: vec![by], most_transactions: 8, ..Config::default() };
        Self {
            endpoint: Endpoint::new(config, 1),
            now: 0,
            unanswered: Vec::new(),
            answered: 0,
            random: Random::new(2),
            branch: String::new(),
        }
    }

    fn invite(&mut self) -> hookflash_sip::ClientKey {
        let uri = hookflash_sip::Uri::parse("sip:bob@192.0.2.2").expect("a URI");
        let mut request = Request::new(Method::Invite, uri);
        request.headers.push(Name::From, "<sip:alice@192.0.2.1>;tag=alice");
        request.headers.push(Name::To, "<sip:bob@192.0.2.2>");
        request.headers.push(Name::CallId, "out");
        request.headers.push(Name::CSeq, "1 INVITE");
        let target = Target::new(Transport::Udp, peer());
        let key = self.endpoint.request(request, target, self.now);
        self.drain();
        key
    }

    fn hear(&mut self, message: Message) {
        let flow = Flow { transport: Transport::Udp, local: peer(), peer: peer(), connection: 1 };
        self.endpoint.receive(message, flow, self.now);
        self.drain();
        self.now += 100_000;
        self.endpoint.handle_timeout(self.now);
        self.drain();
        if let Some((key, request)) = self.unanswered.pop() {
            let status = ANSWERS[self.answered % ANSWERS.len()];
            self.answered += 1;
            self.answer(key, &request, status);
            if status < 200 {
                self.unanswered.push((key, request));
            }
        }
    }

    fn end_all(&mut self) {
        while let Some((key, request)) = self.unanswered.pop() {
            self.answer(key, &request, 480);
        }
    }

    fn answer(&mut self, key: hookflash_sip::ServerKey, request: &Request, status: u16) {
        let mut response = Response::to_request(request, status, "");
        if let Some(to) = response.headers.to() {
            response.headers.set(Name::To, to.with_tag(&self.random.token()).to_string());
        }
        self.endpoint.respond(key, &response, self.now);
        self.drain();
    }

    fn drain(&mut self) {
        while let Some(output) = self.endpoint.poll() {
            match output {
                Output::Send { bytes, .. } => {
                    let read = Message::parse(&bytes);
                    assert!(read.is_ok(), "sent something unreadable: {}", bytes.escape_ascii());
                    if let Ok(Message::Request(request)) = read {
                        let via = request.headers.top_via();
                        self.branch = via.and_then(|via| Some(via.branch()?.to_owned())).unwrap_or_default();
                    }
                }
                Output::Request { key, request, .. } => self.unanswered.push((key, request)),
                _ => {}
            }
        }
    }
}

fn peer() -> SocketAddr {
    ([192, 0, 2, 2], 5060).into()
}
