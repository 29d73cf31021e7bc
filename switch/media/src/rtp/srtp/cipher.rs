//! Keys of one direction's packets, derived from the master key (RFC 3711 §4).

use aes::Aes128Enc;
use aes::cipher::{KeyInit, StreamCipher, StreamCipherCoreWrapper};
use ctr::cipher::InnerIvInit;
use ctr::{CtrCore, flavors};
use hmac::{Hmac, Mac};
use sha1::Sha1;

use super::{MASTER_KEY_BYTES, SrtpError};

const KEY_BYTES: usize = 16;
const SALT_BYTES: usize = 14;
const TAG_KEY_BYTES: usize = 20;

/// What keys are derived for: their labels (RFC 3711 §4.3.1 and §4.3.2).
pub(in crate::rtp) struct Labels {
    pub(in crate::rtp) cipher: u8,
    pub(in crate::rtp) tag: u8,
    pub(in crate::rtp) salt: u8,
}

impl Labels {
    pub(in crate::rtp) const RTP: Self = Self { cipher: 0, tag: 1, salt: 2 };
    pub(in crate::rtp) const RTCP: Self = Self { cipher: 3, tag: 4, salt: 5 };
}

/// Session keys, ready for use: nothing is expanded again for a packet.
pub(super) struct Keys {
    cipher: Aes128Enc,
    salt: [u8; SALT_BYTES],
    tag: Hmac<Sha1>,
}

impl Keys {
    /// Derive keys from a master key and the master salt behind it.
    pub(super) fn derive(master: &[u8; MASTER_KEY_BYTES], labels: &Labels) -> Self {
        let (key, salt) = split(master);
        let master = Aes128Enc::new(&key.into());
        let mut cipher = [0; KEY_BYTES];
        let mut tag = [0; TAG_KEY_BYTES];
        let mut session_salt = [0; SALT_BYTES];
        expand(&master, &salt, labels.cipher, &mut cipher);
        expand(&master, &salt, labels.tag, &mut tag);
        expand(&master, &salt, labels.salt, &mut session_salt);
        Self { cipher: Aes128Enc::new(&cipher.into()), salt: session_salt, tag: tag_of(&tag) }
    }

    /// Encrypt or decrypt the payload of a packet in place (RFC 3711 §4.1.1).
    pub(super) fn apply(&self, ssrc: u32, index: u64, payload: &mut [u8]) {
        let mut iv = block(&self.salt);
        let place = u128::from(ssrc) << 64 | u128::from(index) << 16;
        iv ^= place;
        keystream(&self.cipher, iv, payload);
    }

    /// The whole tag of a packet (RFC 3711 §4.2); `behind` is signed with it, but not sent.
    pub(super) fn sign(&self, packet: &[u8], behind: &[u8]) -> [u8; 20] {
        self.tag.clone().chain_update(packet).chain_update(behind).finalize().into_bytes().into()
    }

    /// Compare a packet's tag, cut as it may be, in constant time.
    pub(super) fn verify(&self, packet: &[u8], behind: &[u8], tag: &[u8]) -> Result<(), SrtpError> {
        let signed = self.tag.clone().chain_update(packet).chain_update(behind);
        signed.verify_truncated_left(tag).map_err(|_| SrtpError::Forged)
    }
}

/// The pseudo-random function of RFC 3711 §4.3.3 for a key that is derived once.
pub(in crate::rtp) fn expand(master: &Aes128Enc, salt: &[u8; SALT_BYTES], label: u8, into: &mut [u8]) {
    into.fill(0);
    keystream(master, block(salt) ^ u128::from(label) << 64, into);
}

fn keystream(cipher: &Aes128Enc, iv: u128, data: &mut [u8]) {
    let core = CtrCore::<_, flavors::Ctr128BE>::inner_iv_init(cipher, &iv.to_be_bytes().into());
    StreamCipherCoreWrapper::from_core(core).apply_keystream(data);
}

fn tag_of(key: &[u8; TAG_KEY_BYTES]) -> Hmac<Sha1> {
    let mut padded = [0; 64];
    padded[..TAG_KEY_BYTES].copy_from_slice(key);
    Hmac::new(&padded.into())
}

fn split(master: &[u8; MASTER_KEY_BYTES]) -> ([u8; KEY_BYTES], [u8; SALT_BYTES]) {
    let (mut key, mut salt) = ([0; KEY_BYTES], [0; SALT_BYTES]);
    key.copy_from_slice(&master[..KEY_BYTES]);
    salt.copy_from_slice(&master[KEY_BYTES..]);
    (key, salt)
}

/// A salt as the upper 112 bits of a block; the lower 16 count the blocks of a packet.
fn block(salt: &[u8; SALT_BYTES]) -> u128 {
    salt.iter().fold(0, |block, byte| block << 8 | u128::from(*byte)) << 16
}
