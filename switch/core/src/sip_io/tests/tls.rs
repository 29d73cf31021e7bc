use std::path::PathBuf;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};

use super::*;

/// A certificate authority and a certificate of its for `localhost`, in files that go with it.
pub(super) struct Authority {
    directory: PathBuf,
}

impl Authority {
    pub fn new(name: &str) -> Self {
        let directory = std::env::temp_dir().join(format!("hookflash-{}-{name}", std::process::id()));
        std::fs::create_dir_all(&directory).unwrap();
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let root = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(["localhost".to_owned()]).unwrap();
        let certificate = params.signed_by(&key, &root).unwrap();
        std::fs::write(directory.join("root.pem"), root.pem()).unwrap();
        std::fs::write(directory.join("certificate.pem"), certificate.pem()).unwrap();
        std::fs::write(directory.join("key.pem"), key.serialize_pem()).unwrap();
        Self { directory }
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.directory.join(name)
    }

    pub fn config(&self) -> TlsConfig {
        let identity = Some((self.file("certificate.pem"), self.file("key.pem")));
        TlsConfig { identity, roots: Some(self.file("root.pem")) }
    }

    pub fn host(&self, transport: Transport) -> Host {
        Host::new(Config { listen: on_loopback(&[transport]), tls: self.config(), ..Config::default() })
    }
}

impl Drop for Authority {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.directory);
    }
}

fn named(host: &Host, server_name: &str) -> Target {
    Target { server_name: server_name.to_owned(), ..host.target(Transport::Tls) }
}

#[test]
fn messages_go_both_ways_under_tls() {
    let authority = Authority::new("both-ways");
    let (mut alice, mut bob) = (authority.host(Transport::Tls), authority.host(Transport::Tls));
    alice.sockets.send(&named(&bob, "localhost"), &options("one"), alice.now).unwrap();
    let mut came = None;
    alice.until(|_| {
        bob.turn();
        came = bob.sockets.poll();
        came.is_some()
    });
    let Some(Incoming::Message(_, flow)) = came else { panic!("{came:?}") };
    assert_eq!(flow.transport, Transport::Tls);
    bob.sockets.send(&flow.target(), &options("two"), bob.now).unwrap();
    bob.until(|_| {
        alice.turn();
        came = alice.sockets.poll();
        came.is_some()
    });
    let Some(Incoming::Message(two, _)) = came else { panic!("{came:?}") };
    assert_eq!(call_id(&two), "two");
}

#[test]
fn a_server_that_does_not_prove_the_name_or_a_known_authority_gets_nothing() {
    let (authority, other) = (Authority::new("name"), Authority::new("other"));
    for (client, server, name) in
        [(&authority, &authority, "example.org"), (&authority, &other, "localhost"), (&authority, &authority, "")]
    {
        let (mut alice, mut bob) = (client.host(Transport::Tls), server.host(Transport::Tls));
        alice.sockets.send(&named(&bob, name), &options("one"), alice.now).unwrap();
        let mut lost = None;
        bob.until(|sockets| {
            assert!(sockets.poll().is_none());
            alice.turn();
            lost = alice.sockets.poll();
            lost.is_some()
        });
        let Some(Incoming::Lost { why, .. }) = lost else { panic!("{lost:?}") };
        assert!(why.contains("certificate"), "{why}");
    }
}

#[test]
fn files_that_cannot_be_used_are_named() {
    let authority = Authority::new("files");
    let bind = |tls: TlsConfig| {
        let config = Config { listen: on_loopback(&[Transport::Tls]), tls, ..Config::default() };
        SipSockets::bind(config, Poll::new().unwrap().registry(), FIRST_TOKEN).unwrap_err().to_string()
    };
    let missing = authority.file("missing.pem");
    let why = bind(TlsConfig { roots: Some(missing), ..authority.config() });
    assert!(why.contains("missing.pem"), "{why}");
    let swapped = Some((authority.file("key.pem"), authority.file("certificate.pem")));
    let why = bind(TlsConfig { identity: swapped, ..authority.config() });
    assert!(why.contains("key.pem"), "{why}");
    let why = bind(TlsConfig { identity: None, ..authority.config() });
    assert!(why.contains("no TLS certificate"), "{why}");
}
