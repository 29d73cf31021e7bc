//! SRTP and SRTCP.

use hookflash_media::rtp::{MOST_BYTES, Srtp, Suite};

use super::datagrams;

/// Nothing is opened that was not protected with our key; what was, opens to the same bytes, once.
pub fn check(input: &[u8]) {
    let (key, other) = ([7; 30], [8; 30]);
    let mut srtp = Srtp::new(Suite::Sha1Tag80, &key, &key);
    let mut stranger = Srtp::new(Suite::Sha1Tag80, &other, &other);
    for (_, mut datagram) in datagrams(input) {
        let (plain, mut packet, mut compound) = (datagram.clone(), datagram.clone(), datagram.clone());
        assert!(stranger.unprotect(&mut datagram).is_err());
        assert!(stranger.unprotect_rtcp(&mut datagram).is_err());
        if srtp.protect(&mut packet).is_ok() {
            assert!(packet.len() <= MOST_BYTES);
            assert_eq!(Ok(plain.clone().as_mut_slice()), srtp.unprotect(&mut packet.clone()));
            assert!(srtp.unprotect(&mut packet).is_err());
        }
        if srtp.protect_rtcp(&mut compound).is_ok() {
            assert_eq!(Ok(plain.clone().as_mut_slice()), srtp.unprotect_rtcp(&mut compound.clone()));
            assert!(srtp.unprotect_rtcp(&mut compound).is_err());
        }
    }
}
