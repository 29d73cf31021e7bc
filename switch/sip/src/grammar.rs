//! The few lexical rules that every header shares (RFC 3261 §25.1).

use crate::error::ParseError;

/// Whether `text` is a token: one or more of the characters that need no quotes.
pub(crate) fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(is_token_byte)
}

/// Whether one byte may be part of a token.
pub(crate) fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-.!%*_+`'~".contains(&byte)
}

/// Strip the white space that may stand around any separator.
pub(crate) fn trim(text: &str) -> &str {
    text.trim_matches([' ', '\t'])
}

/// Cut `text` at the first `separator` outside of quotes and angle brackets: what is before it, and what is after.
///
/// Refused when a quote or a bracket that was opened before the separator is never closed.
pub(crate) fn cut(text: &str, separator: u8) -> Result<(&str, Option<&str>), ParseError> {
    let mut quoted = false;
    let mut escaped = false;
    let mut bracketed = false;
    for (at, byte) in text.bytes().enumerate() {
        if escaped {
            escaped = false;
        } else if quoted {
            match byte {
                b'\\' => escaped = true,
                b'"' => quoted = false,
                _ => {}
            }
        } else if byte == b'"' {
            quoted = true;
        } else if byte == b'<' {
            bracketed = true;
        } else if byte == b'>' {
            bracketed = false;
        } else if byte == separator && !bracketed {
            let (before, after) = text.split_at(at);
            return Ok((before, after.get(1..)));
        }
    }
    if quoted {
        return Err(ParseError::new("a quoted string is not closed"));
    }
    if bracketed {
        return Err(ParseError::new("an angle bracket is not closed"));
    }
    Ok((text, None))
}

/// The parts of `text` between separators, as in [`cut`], trimmed; empty ones included.
pub(crate) fn split(text: &str, separator: u8) -> impl Iterator<Item = Result<&str, ParseError>> + '_ {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        Some(match cut(rest?, separator) {
            Ok((part, after)) => {
                rest = after;
                Ok(trim(part))
            }
            Err(error) => {
                rest = None;
                Err(error)
            }
        })
    })
}

/// Read a quoted string at the start of `text`: its content without the quotes, and what follows.
pub(crate) fn quoted(text: &str) -> Result<(String, &str), ParseError> {
    let inner = text.strip_prefix('"').ok_or(ParseError::new("a quoted string was expected"))?;
    let mut content = String::with_capacity(inner.len().min(64));
    let mut chars = inner.char_indices();
    while let Some((at, char)) = chars.next() {
        match char {
            '"' => return Ok((content, inner.get(at + 1..).unwrap_or(""))),
            '\\' => content.extend(chars.next().map(|(_, escaped)| escaped)),
            _ => content.push(char),
        }
    }
    Err(ParseError::new("a quoted string is not closed"))
}

/// The content of a parameter's value: without its quotes, when it has them.
pub(crate) fn unquoted(value: &str) -> String {
    match quoted(value) {
        Ok((content, "")) => content,
        _ => value.to_owned(),
    }
}

/// Print `text` as a quoted string.
pub(crate) fn quote(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for char in text.chars() {
        match char {
            '"' | '\\' => out.extend(['\\', char]),
            '\r' | '\n' => out.push(' '),
            _ => out.push(char),
        }
    }
    out.push('"');
    out
}

/// Read a decimal number without sign; larger ones than the type holds are refused.
pub(crate) fn number<T: std::str::FromStr>(text: &str) -> Result<T, ParseError> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(ParseError::new("a number was expected"));
    }
    text.parse().map_err(|_| ParseError::new("a number is out of range"))
}
