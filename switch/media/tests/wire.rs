//! Legs on sockets: what was negotiated is what is sent, and what is taken.

mod common;

use std::net::SocketAddr;

use common::{Log, MS, Shelf, file, has, lacks, sine};
use hookflash_media::codec::{CodecKind, g711};
use hookflash_media::rtp::{MASTER_KEY_BYTES, Packet, Srtp, Suite};
use hookflash_media::session::SrtpParams;
use hookflash_media::{MediaCommand, MediaEvent, MediaParams, Shard, Wire};

const LEG: u64 = 5;

struct Rig {
    shard: Shard,
    log: Log,
    now: u64,
    peer: SocketAddr,
    sequence: u16,
}

impl Rig {
    fn new(params: MediaParams) -> Self {
        let shelf = Shelf::default();
        shelf.add("tone", &sine(600.0, 60_000));
        let mut shard = Shard::new(Box::new(shelf), 1);
        let mut log = Log::default();
        shard.open(LEG, Wire::Socket, params, 0, &mut log);
        Self { shard, log, now: 0, peer: "192.0.2.1:4000".parse().unwrap(), sequence: 0 }
    }

    fn tell(&mut self, command: MediaCommand) {
        self.shard.command(LEG, command, self.now, &mut self.log);
    }

    fn play(&mut self) {
        self.tell(MediaCommand::Play { op: 1, sources: vec![file("tone")], repeat: 1 });
    }

    fn run(&mut self, ms: u64) {
        let end = self.now + ms * MS;
        while self.now < end {
            self.shard.tick(self.now, &mut self.log);
            self.now += 5 * MS;
        }
    }

    /// 20 ms of a tone from the peer.
    fn say(&mut self, payload_type: u8, seal: impl FnOnce(&mut Vec<u8>)) {
        let start = usize::from(self.sequence) * 160;
        let tone = sine(1_100.0, 60_000);
        let payload: Vec<u8> = tone[start..start + 160].iter().map(|&sample| g711::ulaw(sample)).collect();
        let (sequence, timestamp) = (self.sequence, u32::from(self.sequence) * 160);
        let mut bytes = Vec::new();
        Packet { marker: false, payload_type, sequence, timestamp, ssrc: 9, payload: &payload }.write(&mut bytes);
        seal(&mut bytes);
        self.sequence += 1;
        self.shard.datagram(LEG, &mut bytes, self.peer, self.now, &mut self.log);
        self.run(20);
    }

    fn heard(&mut self) -> Vec<i16> {
        self.shard.heard(LEG, self.now).unwrap().samples().to_vec()
    }
}

fn pcmu() -> MediaParams {
    MediaParams::new(CodecKind::Pcmu, 0)
}

/// A peer that speaks SRTP gets it and is heard; what is not sealed with its key is not.
#[test]
fn srtp_is_spoken_both_ways() {
    let (ours, theirs) = ([1; MASTER_KEY_BYTES], [2; MASTER_KEY_BYTES]);
    let suite = Suite::Sha1Tag80;
    let srtp = Some(SrtpParams { suite, local: ours, remote: theirs });
    let mut rig = Rig::new(MediaParams { srtp, ..pcmu() });
    let mut peer = Srtp::new(suite, &theirs, &ours);
    rig.tell(MediaCommand::Listen);
    rig.play();
    for _ in 0..50 {
        rig.say(0, |packet| peer.protect(packet).unwrap());
    }
    assert!(has(&rig.heard()[4_000..], 1_100.0));
    let mut samples = Vec::new();
    for (_, packet) in &mut rig.log.sent {
        let opened = peer.unprotect(packet).expect("it is sealed with our key");
        g711::decode_ulaw(Packet::parse(opened).unwrap().payload, &mut samples);
    }
    assert!(has(&samples, 600.0));

    let length = rig.heard().len();
    for _ in 0..50 {
        rig.say(0, |_| {});
    }
    assert!(lacks(&rig.heard()[length + 1_600..], 1_100.0));
}

/// A peer that holds is sent nothing, and hears us again when it comes back, its stream's numbers going on.
#[test]
fn a_held_leg_is_sent_nothing() {
    let mut rig = Rig::new(pcmu());
    rig.play();
    rig.run(1_000);
    let before = rig.log.sent.len();
    rig.shard.update(LEG, MediaParams { sends: false, ..pcmu() }, rig.now, &mut rig.log);
    rig.run(1_000);
    assert_eq!(rig.log.sent.len(), before);
    rig.shard.update(LEG, pcmu(), rig.now, &mut rig.log);
    rig.run(1_000);
    assert_eq!(rig.log.sent.len(), before + 50);
    let [last, first] = [before - 1, before].map(|at| Packet::parse(&rig.log.sent[at].1).unwrap());
    assert_eq!(first.sequence, last.sequence.wrapping_add(1));
    assert_eq!(first.timestamp, last.timestamp.wrapping_add(51 * 160));
    assert!(first.marker);
}

/// Another codec is spoken from the next packet on, in the same stream.
#[test]
fn the_codec_changes_in_a_call() {
    let mut rig = Rig::new(pcmu());
    rig.play();
    rig.run(500);
    rig.shard.update(LEG, MediaParams::new(CodecKind::Pcma, 8), rig.now, &mut rig.log);
    let before = rig.log.sent.len();
    rig.run(500);
    let packets: Vec<Packet<'_>> = rig.log.sent.iter().map(|(_, packet)| Packet::parse(packet).unwrap()).collect();
    assert!(packets[..before].iter().all(|packet| packet.payload_type == 0));
    assert!(packets[before..].iter().all(|packet| packet.payload_type == 8));
    assert_eq!(packets[0].ssrc, packets[before].ssrc);
    let mut samples = Vec::new();
    packets[before..].iter().for_each(|packet| g711::decode_alaw(packet.payload, &mut samples));
    assert!(has(&samples, 600.0));
}

/// Packets are as long as the peer asked for, and their timestamps follow.
#[test]
fn packets_are_as_long_as_asked_for() {
    for (ptime_ms, packets) in [(10, 100), (20, 50), (30, 33), (40, 25), (60, 16)] {
        let mut rig = Rig::new(MediaParams { ptime_ms, ..pcmu() });
        rig.play();
        rig.run(1_000);
        let sent: Vec<Packet<'_>> = rig.log.sent.iter().map(|(_, packet)| Packet::parse(packet).unwrap()).collect();
        assert_eq!(sent.len(), packets, "{ptime_ms} ms");
        let length = usize::from(ptime_ms) * 8;
        assert!(sent.iter().all(|packet| packet.payload.len() == length));
        assert!(sent.windows(2).all(|pair| pair[1].timestamp == pair[0].timestamp.wrapping_add(length as u32)));
        let mut samples = Vec::new();
        sent.iter().for_each(|packet| g711::decode_ulaw(packet.payload, &mut samples));
        assert!(has(&samples, 600.0));
    }
}

/// What is of no negotiated type is not heard and does not draw our packets to its sender.
#[test]
fn strange_types_are_not_heard() {
    let mut rig = Rig::new(pcmu());
    rig.tell(MediaCommand::Listen);
    for _ in 0..50 {
        rig.say(8, |_| {});
    }
    assert!(lacks(&rig.heard(), 1_100.0));
    assert!(rig.log.aims.is_empty());
}

/// A leg that is silent is still sent 50 packets a second: NATs and peers expect them.
#[test]
fn silence_is_sent_too() {
    for (codec, payload_type) in [(CodecKind::Pcmu, 0), (CodecKind::G722, 9), (CodecKind::Opus, 111)] {
        let mut rig = Rig::new(MediaParams::new(codec, payload_type));
        rig.run(2_000);
        assert_eq!(rig.log.sent.len(), 100, "{codec:?}");
    }
}

/// The quality of a leg is told once, when it closes.
#[test]
fn quality_is_told_at_the_end() {
    let mut rig = Rig::new(pcmu());
    for sent in 0..100 {
        if sent % 10 == 5 {
            rig.sequence += 1; // one is lost
        }
        rig.say(0, |_| {});
    }
    rig.shard.close(LEG, rig.now, &mut rig.log);
    let qualities: Vec<_> = rig
        .log
        .events
        .iter()
        .filter_map(|(_, _, event)| match event {
            MediaEvent::Closed(quality) => Some(*quality),
            _ => None,
        })
        .collect();
    let [quality] = qualities[..] else { panic!("{qualities:?}") };
    assert_eq!((quality.sent, quality.received, quality.lost), (100, 100, 10));
    assert!((2.0..4.2).contains(&quality.mos), "{}", quality.mos);
}
