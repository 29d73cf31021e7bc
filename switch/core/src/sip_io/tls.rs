//! Who we are under TLS, and whom we trust.

use std::io;
use std::path::Path;
use std::sync::Arc;

use hookflash_sip::Target;
use rustls::crypto::ring;
use rustls::{ClientConfig, ClientConnection, RootCertStore, ServerConfig, ServerConnection};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer, ServerName};

use super::config::TlsConfig;

/// Makes the TLS half of connections.
#[derive(Debug)]
pub(super) struct Tls {
    server: Option<Arc<ServerConfig>>,
    client: Arc<ClientConfig>,
}

impl Tls {
    pub fn new(config: &TlsConfig) -> io::Result<Self> {
        let server = match &config.identity {
            Some((certificate, key)) => Some(Arc::new(server(certificate, key)?)),
            None => None,
        };
        let client = Arc::new(client(config.roots.as_deref())?);
        Ok(Self { server, client })
    }

    /// Whether we can be a server.
    pub fn has_identity(&self) -> bool {
        self.server.is_some()
    }

    pub fn accept(&self) -> io::Result<ServerConnection> {
        let config = self
            .server
            .clone()
            .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "there is no TLS certificate"))?;
        ServerConnection::new(config).map_err(io::Error::other)
    }

    /// The server must prove the target's name, or its address when there is none.
    pub fn connect(&self, target: &Target) -> io::Result<ClientConnection> {
        let name = match target.server_name.as_str() {
            "" => ServerName::IpAddress(target.addr.ip().into()),
            name => ServerName::try_from(name.to_owned()).map_err(io::Error::other)?,
        };
        ClientConnection::new(self.client.clone(), name).map_err(io::Error::other)
    }
}

fn server(certificate: &Path, key: &Path) -> io::Result<ServerConfig> {
    let chain = certificates(certificate)?;
    let key = PrivateKeyDer::from_pem_file(key).map_err(|why| unreadable(key, &why))?;
    ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .and_then(|builder| builder.with_no_client_auth().with_single_cert(chain, key))
        .map_err(|why| unreadable(certificate, &why))
}

fn client(roots: Option<&Path>) -> io::Result<ClientConfig> {
    let mut store = RootCertStore::empty();
    let trusted = match roots {
        Some(path) => certificates(path)?,
        None => rustls_native_certs::load_native_certs().certs,
    };
    store.add_parsable_certificates(trusted);
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(io::Error::other)?;
    Ok(builder.with_root_certificates(store).with_no_client_auth())
}

fn certificates(path: &Path) -> io::Result<Vec<CertificateDer<'static>>> {
    let read = CertificateDer::pem_file_iter(path).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let found = read.map_err(|why| unreadable(path, &why))?;
    match found.is_empty() {
        true => Err(unreadable(path, &"it holds no certificate")),
        false => Ok(found),
    }
}

fn unreadable(path: &Path, why: &dyn std::fmt::Display) -> io::Error {
    let sentence = format!("cannot use {} for TLS: {why}", path.display());
    io::Error::new(io::ErrorKind::InvalidInput, sentence)
}
