//! Names of header fields.

use std::fmt;

macro_rules! names {
    ($($variant:ident $text:literal $($compact:literal)?,)*) => {
        /// The name of a header field. Case and compact forms make no difference (RFC 3261 §7.3.1).
        #[derive(Debug, Clone)]
        #[allow(missing_docs)] // they are the names of the headers
        pub enum Name {
            $($variant,)*
            /// Any other name, as it was written; compared without case.
            Other(String),
        }

        impl Name {
            /// The long form, as it is printed.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $text,)*
                    Self::Other(name) => name,
                }
            }
        }

        /// Name, long form, compact form (0 when there is none).
        static TABLE: &[(Name, &str, u8)] = &[
            $((Name::$variant, $text, names!(@compact $($compact)?)),)*
        ];
    };
    (@compact $compact:literal) => { $compact };
    (@compact) => { 0 };
}

names! {
    Via "Via" b'v',
    From "From" b'f',
    To "To" b't',
    CallId "Call-ID" b'i',
    CSeq "CSeq",
    MaxForwards "Max-Forwards",
    Contact "Contact" b'm',
    ContentLength "Content-Length" b'l',
    ContentType "Content-Type" b'c',
    Route "Route",
    RecordRoute "Record-Route",
    UserAgent "User-Agent",
    Server "Server",
    Allow "Allow",
    Supported "Supported" b'k',
    Require "Require",
    ProxyRequire "Proxy-Require",
    Unsupported "Unsupported",
    Expires "Expires",
    MinExpires "Min-Expires",
    Authorization "Authorization",
    WwwAuthenticate "WWW-Authenticate",
    ProxyAuthorization "Proxy-Authorization",
    ProxyAuthenticate "Proxy-Authenticate",
    AuthenticationInfo "Authentication-Info",
    SessionExpires "Session-Expires" b'x',
    MinSe "Min-SE",
    RSeq "RSeq",
    RAck "RAck",
    Event "Event" b'o',
    AllowEvents "Allow-Events" b'u',
    SubscriptionState "Subscription-State",
    ReferTo "Refer-To" b'r',
    ReferredBy "Referred-By" b'b',
    ReferSub "Refer-Sub",
    Replaces "Replaces",
    RetryAfter "Retry-After",
    Reason "Reason",
    Warning "Warning",
    Accept "Accept",
    AcceptEncoding "Accept-Encoding",
    AcceptLanguage "Accept-Language",
    ContentEncoding "Content-Encoding" b'e',
    ContentDisposition "Content-Disposition",
    ContentLanguage "Content-Language",
    MimeVersion "MIME-Version",
    Date "Date",
    Timestamp "Timestamp",
    Subject "Subject" b's',
    Path "Path",
    ServiceRoute "Service-Route",
    PAssertedIdentity "P-Asserted-Identity",
    PPreferredIdentity "P-Preferred-Identity",
    RemotePartyId "Remote-Party-ID",
    Privacy "Privacy",
    Diversion "Diversion",
    HistoryInfo "History-Info",
    InfoPackage "Info-Package",
    RecvInfo "Recv-Info",
    SipETag "SIP-ETag",
    SipIfMatch "SIP-If-Match",
}

impl Name {
    /// Whether each of this header's values, separated by commas, is kept as a field of its own.
    ///
    /// Only the headers that are taken apart value by value; the order over all lines is what counts (§7.3.1).
    pub(crate) fn is_list(&self) -> bool {
        matches!(self, Self::Via | Self::Contact | Self::Route | Self::RecordRoute | Self::Path | Self::ServiceRoute)
    }
}

impl From<&str> for Name {
    fn from(text: &str) -> Self {
        let known = match text.as_bytes() {
            [letter] => {
                let letter = letter.to_ascii_lowercase();
                TABLE.iter().find(|(_, _, compact)| *compact == letter)
            }
            _ => TABLE.iter().find(|(_, long, _)| long.eq_ignore_ascii_case(text)),
        };
        match known {
            Some((name, _, _)) => name.clone(),
            None => Self::Other(text.to_owned()),
        }
    }
}

impl PartialEq for Name {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Other(a), Self::Other(b)) => a.eq_ignore_ascii_case(b),
            _ => std::mem::discriminant(self) == std::mem::discriminant(other),
        }
    }
}

impl Eq for Name {}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
