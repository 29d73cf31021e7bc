//! Header fields in their order. The typed readers (`from()`, `vias()`, …) are in `readers.rs`.

use crate::error::ParseError;
use crate::grammar::split;
use crate::name::Name;

/// The most header fields a message may have, values of lists counted one by one.
pub const MOST_HEADERS: usize = 256;

/// An ordered list of header fields.
///
/// Via, Contact, Route, Record-Route, Path and Service-Route hold one value a field: lists are cut when they are read.
/// Content-Length is not among them: it is taken off when a message is read and written when it is printed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Headers(Vec<(Name, String)>);

impl Headers {
    /// Room for as many fields as most messages have.
    pub(crate) fn for_a_message() -> Self {
        Self(Vec::with_capacity(20))
    }

    /// The first value under a name, as it is on the wire.
    pub fn get(&self, name: &Name) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Every value under a name, in order.
    pub fn all<'a>(&'a self, name: &'a Name) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Whether there is a field of that name.
    pub fn has(&self, name: &Name) -> bool {
        self.get(name).is_some()
    }

    /// Add a field at the end. Line breaks in the value become spaces, so that no value can smuggle in a header.
    pub fn push(&mut self, name: Name, value: impl Into<String>) {
        self.0.push((name, one_line(value.into())));
    }

    /// Add a field before all others.
    pub fn push_front(&mut self, name: Name, value: impl Into<String>) {
        self.0.insert(0, (name, one_line(value.into())));
    }

    /// Give a name one value: in the place of the first it had, others of that name are dropped.
    pub fn set(&mut self, name: Name, value: impl Into<String>) {
        let value = one_line(value.into());
        let Some(at) = self.0.iter().position(|(known, _)| *known == name) else {
            self.0.push((name, value));
            return;
        };
        let mut place = 0..;
        self.0.retain(|(known, _)| place.next() <= Some(at) || *known != name);
        if let Some((_, old)) = self.0.get_mut(at) {
            *old = value;
        }
    }

    /// Drop every field of that name.
    pub fn remove(&mut self, name: &Name) {
        self.0.retain(|(known, _)| known != name);
    }

    /// Take the first field of that name out: a Via on the way back, a Route on the way there.
    pub fn take_first(&mut self, name: &Name) -> Option<String> {
        let at = self.0.iter().position(|(known, _)| known == name)?;
        Some(self.0.remove(at).1)
    }

    /// Set the first value of that name and leave the others.
    pub fn set_first(&mut self, name: &Name, value: impl Into<String>) {
        if let Some((_, old)) = self.0.iter_mut().find(|(known, _)| known == name) {
            *old = one_line(value.into());
        }
    }

    /// Every field, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&Name, &str)> {
        self.0.iter().map(|(name, value)| (name, value.as_str()))
    }

    /// How many fields there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Add a field as it was received, its list cut into values.
    pub(crate) fn push_received(&mut self, name: Name, value: &str) -> Result<(), ParseError> {
        if self.0.len() >= MOST_HEADERS {
            return Err(ParseError::new("there are too many header fields"));
        }
        if !name.is_list() || !value.contains(',') {
            self.0.push((name, value.to_owned()));
            return Ok(());
        }
        for part in split(value, b',') {
            if self.0.len() >= MOST_HEADERS {
                return Err(ParseError::new("there are too many header fields"));
            }
            self.0.push((name.clone(), part?.to_owned()));
        }
        Ok(())
    }
}

fn one_line(value: String) -> String {
    if value.contains(['\r', '\n']) { value.replace(['\r', '\n'], " ") } else { value }
}
