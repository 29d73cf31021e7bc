//! The vectors of the RFCs, and the rules of the server.

use super::*;

const SECOND: u64 = 1_000_000;

fn signed<'a>(method: &'a str, uri: &'a str) -> Signed<'a> {
    Signed { method, uri, body: b"" }
}

fn response(challenge: &str, password: &str, cnonce: &str) -> String {
    let challenge = Challenge::parse(challenge).expect("a challenge");
    let login = Login { user: "Mufasa", password };
    let value = authorization(&challenge, login, signed("GET", "/dir/index.html"), cnonce, 1);
    Credentials::parse(&value).expect("credentials").response
}

/// RFC 7616 §3.9.1, MD5 and SHA-256.
#[test]
fn vectors_of_rfc_7616() {
    let expected = [
        ("MD5", "8ca523f5e9506fed4657c9700eebdbec"),
        ("SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
    ];
    for (algorithm, expected) in expected {
        let challenge = format!(
            "Digest realm=\"http-auth@example.org\", qop=\"auth, auth-int\", algorithm={algorithm}, \
             nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", \
             opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\""
        );
        let found = response(&challenge, "Circle of Life", "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ");
        assert_eq!(found, expected);
    }
}

/// RFC 2617 §3.5, and the same without a qop (RFC 2069).
#[test]
fn vectors_of_rfc_2617() {
    let plain = "Digest realm=\"testrealm@host.com\", nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\", \
                 opaque=\"5ccc069c403ebaf9f0171e9517f40e41\"";
    let with_qop = format!("{plain}, qop=\"auth,auth-int\"");
    assert_eq!(response(&with_qop, "Circle Of Life", "0a4f113b"), "6629fae49393a05397450978507c4ef1");
    assert_eq!(response(plain, "Circle Of Life", ""), "670fd8c2df070c60b045671b8b24ff02");
}

/// The first hash of a `-sess` algorithm takes both nonces in; `auth-int` takes the body in (RFC 7616 §3.4.2 and §3.4.3).
#[test]
fn session_variants_and_integrity() {
    let inputs = |algorithm, qop| hash::Inputs {
        algorithm,
        nonce: "n",
        cnonce: "c",
        protection: Some((qop, "00000001")),
        method: "INVITE",
        uri: "sip:b@example.com",
        body: b"v=0",
    };
    let ha1 = Ha1::new("alice", "example.com", "secret").md5;
    let bound = Hash::Md5.joined(&[ha1.as_bytes(), b"n", b"c"]);
    assert_eq!(inputs(Algorithm::MD5_SESS, "auth").response(&ha1), inputs(Algorithm::MD5, "auth").response(&bound));
    let body = Hash::Md5.joined(&[b"v=0"]);
    let second = Hash::Md5.joined(&[b"INVITE", b"sip:b@example.com", body.as_bytes()]);
    let whole = Hash::Md5.joined(&[ha1.as_bytes(), b"n", b"00000001", b"c", b"auth-int", second.as_bytes()]);
    assert_eq!(inputs(Algorithm::MD5, "auth-int").response(&ha1), whole);
}

fn verifier() -> Verifier {
    Verifier::new(&[7; 32], 60 * SECOND)
}

/// Alice's answer to the challenge made at `made`.
fn answer(made: u64, hash: Hash, password: &str, nc: u32) -> Credentials {
    let challenge = verifier().challenge("example.com", hash, false, made);
    let challenge = Challenge::parse(&challenge).expect("a challenge");
    let login = Login { user: "alice", password };
    let value = authorization(&challenge, login, signed("REGISTER", "sip:example.com"), "abc", nc);
    Credentials::parse(&value).expect("credentials")
}

fn verdict(credentials: &Credentials, now: u64) -> Verdict {
    let ha1 = Ha1::new("alice", "example.com", "secret");
    verifier().verify(credentials, &ha1, "REGISTER", b"", now)
}

/// Both sides agree, by either algorithm, for as long as the nonce lives.
#[test]
fn the_server_believes_the_client() {
    for hash in [Hash::Sha256, Hash::Md5] {
        let credentials = answer(SECOND, hash, "secret", 2);
        assert_eq!(verdict(&credentials, SECOND), Verdict::Genuine);
        assert_eq!(verdict(&credentials, 61 * SECOND), Verdict::Genuine);
        assert_eq!(verdict(&credentials, 61 * SECOND + 1), Verdict::Stale);
        assert_eq!(credentials.nc(), Some(2));
        assert_eq!(verdict(&answer(SECOND, hash, "guess", 1), SECOND), Verdict::Wrong);
    }
}

/// A nonce from the future, of another realm, or never made by us is not fresh, however right the rest is.
#[test]
fn forged_nonces_are_not_fresh() {
    assert_eq!(verdict(&answer(9 * SECOND, Hash::Md5, "secret", 1), 8 * SECOND), Verdict::Stale);
    let other = Verifier::new(&[8; 32], 60 * SECOND).challenge("example.com", Hash::Md5, false, SECOND);
    let odd = "Digest realm=\"example.com\", nonce=\"0\", qop=\"auth\"".to_owned();
    for challenge in [&other, &odd] {
        let challenge = Challenge::parse(challenge).expect("a challenge");
        let login = Login { user: "alice", password: "secret" };
        let value = authorization(&challenge, login, signed("REGISTER", "sip:example.com"), "abc", 1);
        let credentials = Credentials::parse(&value).expect("credentials");
        assert_eq!(verdict(&credentials, SECOND), Verdict::Stale);
    }
}

/// Credentials made for another method are wrong.
#[test]
fn the_method_is_bound() {
    let credentials = answer(SECOND, Hash::Md5, "secret", 1);
    let ha1 = Ha1::new("alice", "example.com", "secret");
    assert_eq!(verifier().verify(&credentials, &ha1, "INVITE", b"", SECOND), Verdict::Wrong);
}

/// A client takes the first it knows (RFC 8760 §2.4).
#[test]
fn the_first_known_challenge_is_taken() {
    let [first, second] = [Hash::Sha256, Hash::Md5].map(|hash| verifier().challenge("a \"b\"", hash, true, SECOND));
    let values = ["Basic realm=\"x\"", "Digest realm=\"x\", nonce=\"y\", algorithm=SHA-512-256", &first, &second];
    let challenge = Challenge::choose(values.into_iter()).expect("one is known");
    assert_eq!((challenge.algorithm, challenge.realm.as_str(), challenge.stale), (Algorithm::SHA256, "a \"b\"", true));
    assert_eq!(Challenge::choose(["Bearer x"].into_iter()), None);
}

/// What lacks a part, or asks for what we do not do, is refused.
#[test]
fn broken_headers_are_refused() {
    for broken in ["", "Digest", "Digest ", "Digest realm", "Digest realm=\"x", "Digest realm=x, nonce=y, qop=magic"] {
        assert!(Challenge::parse(broken).is_err(), "{broken}");
    }
    let whole = "Digest username=\"a\", realm=\"r\", nonce=\"n\", uri=\"sip:x\", response=\"0\", qop=auth, nc=00000001, cnonce=\"c\"";
    assert!(Credentials::parse(whole).is_ok());
    for (part, instead) in [
        ("nc=00000001, ", ""),
        ("nc=00000001", "nc=1"),
        ("nc=00000001", "nc=0000000g"),
        ("qop=auth", "qop=none"),
        ("username", "user"),
        ("Digest", "Basic"),
    ] {
        assert!(Credentials::parse(&whole.replace(part, instead)).is_err(), "{instead}");
    }
}

/// Neither passwords nor their hashes show in a log.
#[test]
fn hashes_are_not_printed_for_debugging() {
    let ha1 = Ha1::new("alice", "example.com", "secret");
    assert!(!format!("{ha1:?} {:?}", verifier()).contains(&ha1.md5));
}
