//! What a SIP leg and its peer offered each other, and what its audio became of that.

use std::net::IpAddr;

use hookflash_media::session::MediaParams;
use hookflash_sip::sdp::{
    self, AudioParams, Capabilities, Codec, Direction, Disagreement, MasterKey, SessionDescription, SrtpPolicy,
};

use crate::convert::media_params;

/// What every leg can do; ports and keys are its own.
#[derive(Debug, Clone)]
pub struct Terms {
    /// Where audio is received.
    pub address: IpAddr,
    /// Codecs, in the order in which they are offered.
    pub codecs: Vec<Codec>,
    /// Whether audio is encrypted.
    pub srtp: SrtpPolicy,
    /// A silence after which a leg is hung up, in ms.
    pub timeout_ms: u32,
}

/// A SIP leg.
#[derive(Debug)]
pub struct SipLeg {
    capabilities: Capabilities,
    timeout_ms: u32,
    /// The last description of ours that went out.
    ours: Option<SessionDescription>,
    /// The peer's offer that waits for our answer.
    theirs: Option<SessionDescription>,
    codec: Option<Codec>,
}

/// What both sides agreed on.
#[derive(Debug)]
pub struct Agreed {
    /// For its audio.
    pub params: MediaParams,
    /// RTCP goes over the port of RTP.
    pub shares_port: bool,
}

impl SipLeg {
    /// A leg on these terms; the keys are random.
    pub fn new(terms: &Terms, session_id: u64, keys: [MasterKey; 2]) -> Self {
        Self {
            capabilities: Capabilities {
                session_id,
                address: terms.address,
                port: 0,
                codecs: terms.codecs.clone(),
                direction: Direction::SendRecv,
                ptime_ms: 20,
                telephone_event: true,
                comfort_noise: true,
                rtcp_mux: true,
                srtp: terms.srtp,
                keys,
            },
            timeout_ms: terms.timeout_ms,
            ours: None,
            theirs: None,
            codec: None,
        }
    }

    /// The port of its audio is known.
    pub fn has_port(&mut self, port: u16) {
        self.capabilities.port = port;
    }

    /// An offer of ours.
    pub fn offer(&mut self) -> Vec<u8> {
        let offer = sdp::make_offer(&self.capabilities, self.ours.as_ref());
        let text = offer.to_string().into_bytes();
        self.ours = Some(offer);
        text
    }

    /// Takes the peer's offer; it is answered later. Fails when it never can be, with a sentence.
    pub fn offered(&mut self, body: &[u8]) -> Result<(), String> {
        let offer = SessionDescription::parse(body).map_err(|error| error.to_string())?;
        sdp::negotiate(&offer, &self.capabilities, self.ours.as_ref()).map_err(|why| why.to_string())?;
        self.theirs = Some(offer);
        Ok(())
    }

    /// Whether the peer waits for an answer to its offer.
    pub fn owes_answer(&self) -> bool {
        self.theirs.is_some()
    }

    /// Our answer to the peer's offer, and what its audio is from now on.
    pub fn accept(&mut self) -> Result<(Vec<u8>, Agreed), String> {
        let offer = self.theirs.take().ok_or(Disagreement::NoAudio.to_string())?;
        let (answer, agreed) =
            sdp::negotiate(&offer, &self.capabilities, self.ours.as_ref()).map_err(|why| why.to_string())?;
        let text = answer.to_string().into_bytes();
        self.ours = Some(answer);
        Ok((text, self.agreed(&agreed)))
    }

    /// The description of ours that the peer has: what a final answer repeats after early media.
    pub fn said(&self) -> Option<Vec<u8>> {
        self.ours.as_ref().map(|ours| ours.to_string().into_bytes())
    }

    /// Takes the peer's answer to our offer.
    pub fn answered(&mut self, body: &[u8]) -> Result<Agreed, String> {
        let offer = self.ours.as_ref().ok_or("The peer answers an offer that nobody made.")?;
        let answer = SessionDescription::parse(body).map_err(|error| error.to_string())?;
        let agreed = sdp::apply_answer(offer, &answer, &self.capabilities).map_err(|why| why.to_string())?;
        Ok(self.agreed(&agreed))
    }

    /// The name of the codec that is spoken, or nothing.
    pub fn codec_name(&self) -> &'static str {
        self.codec.map_or("", Codec::name)
    }

    fn agreed(&mut self, agreed: &AudioParams) -> Agreed {
        self.codec = Some(agreed.codec);
        Agreed { params: media_params(agreed, self.timeout_ms), shares_port: agreed.rtcp_mux }
    }
}
