//! SIP messages: what is read prints back, and every typed reader copes with it.

use hookflash_sip::{Message, Name};

/// Read, print, read again.
pub fn check(bytes: &[u8]) {
    let Ok(message) = Message::parse(bytes) else {
        return;
    };
    let headers = message.headers();
    assert!(headers.top_via().is_some() && headers.from().is_some() && headers.to().is_some());
    assert!(headers.call_id().is_some() && headers.cseq().is_some());
    for name in [Name::Contact, Name::Route, Name::RecordRoute] {
        let addresses = headers.addresses(&name).len();
        let stars = headers.all(&name).filter(|value| *value == "*").count();
        assert_eq!(addresses + stars, headers.all(&name).count(), "an unreadable {name} was let in");
    }
    let _ = (headers.session_expires(), headers.min_se(), headers.rack(), headers.retry_after());
    let _ = headers.tokens(&Name::Supported).count();
    if let Message::Request(request) = &message {
        assert!(request.uri.same_as(&request.uri));
    }
    assert_eq!(Message::parse(&message.to_bytes()), Ok(message));
}
