//! `"Display" <uri>;params`: From, To, Contact, Route and their like (RFC 3261 §20.10).

use std::fmt;

use crate::error::ParseError;
use crate::grammar::{cut, is_token_byte, number, quote, quoted, trim};
use crate::params::Params;
use crate::uri::Uri;

/// A URI with a name to show and parameters of the header it stands in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NameAddr {
    /// The name to show, without quotes; "" when there is none.
    pub display: String,
    /// Who or where.
    pub uri: Uri,
    /// `tag`, `expires`, `q`, … of the header, not of the URI.
    pub params: Params,
}

impl NameAddr {
    /// An address without name and parameters.
    pub fn new(uri: Uri) -> Self {
        Self { display: String::new(), uri, params: Params::default() }
    }

    /// Read one value, with or without angle brackets.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        let text = trim(text);
        if text.starts_with('"') {
            let (display, rest) = quoted(text)?;
            return Self::parse_bracketed(display, trim(rest));
        }
        match text.find('<') {
            Some(at) => {
                let (display, rest) = text.split_at(at);
                Self::parse_bracketed(plain_display(display)?, rest)
            }
            None => Self::parse_bare(text),
        }
    }

    fn parse_bracketed(display: String, text: &str) -> Result<Self, ParseError> {
        let (uri, rest) = text
            .strip_prefix('<')
            .and_then(|inner| inner.split_once('>'))
            .ok_or(ParseError::new("an address is not in angle brackets"))?;
        let rest = trim(rest);
        let params = match rest.strip_prefix(';') {
            Some(params) => Params::parse(params)?,
            None if rest.is_empty() => Params::default(),
            None => return Err(ParseError::new("something follows an address")),
        };
        Ok(Self { display, uri: Uri::parse(uri)?, params })
    }

    /// Without brackets, the parameters are those of the header, and the URI may not hold what would be ambiguous.
    fn parse_bare(text: &str) -> Result<Self, ParseError> {
        let (uri, params) = cut(text, b';')?;
        if uri.contains(['?', ',']) {
            return Err(ParseError::new("an address needs angle brackets"));
        }
        Ok(Self {
            display: String::new(),
            uri: Uri::parse(trim(uri))?,
            params: params.map_or(Ok(Params::default()), Params::parse)?,
        })
    }

    /// The tag of a From or To: one side of a dialog's id.
    pub fn tag(&self) -> Option<&str> {
        self.params.get("tag").filter(|tag| !tag.is_empty())
    }

    /// How long a contact is registered, s.
    pub fn expires(&self) -> Option<u32> {
        self.params.get("expires").and_then(|text| number(text).ok())
    }

    /// The same address with a tag.
    pub fn with_tag(mut self, tag: &str) -> Self {
        self.params.set("tag", tag.to_owned());
        self
    }
}

/// A name without quotes is a row of tokens; letters beyond ASCII are let pass, as phones send them.
fn plain_display(text: &str) -> Result<String, ParseError> {
    let fits = |byte: u8| is_token_byte(byte) || matches!(byte, b' ' | b'\t' | b'(' | b')' | 0x80..);
    if !text.bytes().all(fits) {
        return Err(ParseError::new("a display name needs quotes"));
    }
    Ok(trim(text).to_owned())
}

impl std::str::FromStr for NameAddr {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        Self::parse(text)
    }
}

impl fmt::Display for NameAddr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.display.is_empty() {
            write!(f, "{} ", quote(&self.display))?;
        }
        write!(f, "<{}>{}", self.uri, self.params)
    }
}
