//! Digest headers: no challenge and no credentials do harm, and none that was not made with the password is believed.

use hookflash_sip::digest::{Challenge, Credentials, Ha1, Login, Signed, Verdict, Verifier, authorization};

/// Read as a challenge and answer it; read as credentials and judge them.
pub fn check(bytes: &[u8]) {
    let Ok(value) = std::str::from_utf8(bytes) else {
        return;
    };
    if let Ok(challenge) = Challenge::parse(value) {
        let login = Login { user: "al\"ice", password: "secret" };
        let signed = Signed { method: "INVITE", uri: "sip:bob@example.com", body: b"v=0" };
        let answer = authorization(&challenge, login, signed, "0a4f113b", 1);
        let credentials = Credentials::parse(&answer).expect("our own answer can be read");
        assert_eq!(credentials.username, login.user);
        assert_eq!(credentials.nonce, challenge.nonce.replace(['\r', '\n'], " "));
    }
    if let Ok(credentials) = Credentials::parse(value) {
        let verifier = Verifier::new(&[7; 32], 60_000_000);
        let ha1 = Ha1::new("nobody", "nowhere", "a password that no input holds");
        let verdict = verifier.verify(&credentials, &ha1, "INVITE", b"", 1);
        assert_eq!(verdict, Verdict::Wrong);
    }
}
