//! `;name=value` lists of URIs and header fields.

use std::fmt;

use crate::error::ParseError;
use crate::grammar::{is_token, split, trim, unquoted};

/// Parameters in their order, values as they are on the wire (quotes and escapes included); names without case.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Params(Vec<(String, Option<String>)>);

impl Params {
    /// Read the parameters of a header field, without the first semicolon.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        let mut params = Vec::new();
        for part in split(text, b';') {
            let (name, value) = name_and_value(part?);
            let value = value.map(checked_value).transpose()?;
            if !is_token(name) {
                return Err(ParseError::new("the name of a parameter is not a token"));
            }
            params.push((name.to_owned(), value));
        }
        Ok(Self(params))
    }

    /// Read the parameters of a URI, without the first semicolon; the caller has checked the characters.
    pub(crate) fn parse_in_uri(text: &str) -> Result<Self, ParseError> {
        let mut params = Vec::new();
        for part in text.split(';') {
            let (name, value) = name_and_value(part);
            if name.is_empty() {
                return Err(ParseError::new("a URI parameter has no name"));
            }
            params.push((name.to_owned(), value.map(str::to_owned)));
        }
        Ok(Self(params))
    }

    /// The value of a parameter, as it is on the wire; "" when it is there without a value, None when it is not there.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_deref().unwrap_or(""))
    }

    /// The value of a parameter without its quotes.
    pub fn unquoted(&self, name: &str) -> Option<String> {
        self.get(name).map(unquoted)
    }

    /// Whether a parameter is there, with or without a value.
    pub fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// Set a parameter in its place, or add it at the end.
    pub fn set(&mut self, name: &str, value: impl Into<Option<String>>) {
        let value = value.into();
        match self.0.iter_mut().find(|(known, _)| known.eq_ignore_ascii_case(name)) {
            Some((_, old)) => *old = value,
            None => self.0.push((name.to_owned(), value)),
        }
    }

    /// The same parameters and one more: `Params::default().with("lr", None)`.
    pub fn with(mut self, name: &str, value: impl Into<Option<String>>) -> Self {
        self.set(name, value);
        self
    }

    /// Take a parameter out.
    pub fn remove(&mut self, name: &str) {
        self.0.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
    }

    /// Name and value of each, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Option<&str>)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_deref()))
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

fn name_and_value(part: &str) -> (&str, Option<&str>) {
    match part.split_once('=') {
        Some((name, value)) => (trim(name), Some(trim(value))),
        None => (part, None),
    }
}

/// A value is a token, a host or one quoted string; what it may never hold are bare quotes and white space.
fn checked_value(value: &str) -> Result<String, ParseError> {
    let quoted = value.len() >= 2 && value.starts_with('"') && value.ends_with('"');
    if !quoted && value.contains([' ', '\t', '"', ',']) {
        return Err(ParseError::new("the value of a parameter is malformed"));
    }
    Ok(value.to_owned())
}

impl fmt::Display for Params {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, value) in self.iter() {
            match value {
                Some(value) => write!(f, ";{name}={value}")?,
                None => write!(f, ";{name}")?,
            }
        }
        Ok(())
    }
}
