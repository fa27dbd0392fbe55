//! How the server is reached: by which proxy, and trusting which extra root certificates.

use reqwest::{Certificate, ClientBuilder, Proxy};

use super::BaseUrl;
use super::proxy::{ProxyChoice, ProxyFault};

/// The way to the server.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Route {
    /// The proxy.
    pub proxy: ProxyChoice,
    /// Root certificates to trust besides the system's: PEM.
    pub roots: Option<Vec<u8>>,
}

/// Why there is no way to the server.
#[derive(Debug)]
pub(super) enum RouteError {
    /// A variable of the environment cannot be used.
    Proxy(ProxyFault),
    /// The library's words, about certificates most of all.
    Library(reqwest::Error),
}

impl From<reqwest::Error> for RouteError {
    fn from(why: reqwest::Error) -> Self {
        Self::Library(why)
    }
}

impl Route {
    /// The proxy that a request to `base` goes through: scheme, host and port, without user and password.
    pub fn proxy_of(&self, base: &BaseUrl) -> Option<String> {
        self.proxy.of(base).ok()?.shown()
    }

    /// True where two servers are reached in the same way, so that one client serves both.
    pub(super) fn is_same(&self, base: &BaseUrl, other: &BaseUrl) -> bool {
        let url = |base| self.proxy.of(base).map(|found| found.url().cloned());
        base.is_loopback() == other.is_loopback() && base.is_plain() == other.is_plain() && url(base) == url(other)
    }

    /// Sets a client up to go this way.
    pub(super) fn apply(&self, base: &BaseUrl, builder: ClientBuilder) -> Result<ClientBuilder, RouteError> {
        // The library reads no variable: what is in force was decided, and is shown.
        let mut builder = builder.no_proxy();
        if let Some(url) = self.proxy.of(base).map_err(RouteError::Proxy)?.url() {
            builder = builder.proxy(Proxy::all(url.as_str())?);
        }
        // Plain http needs no certificates, which may not be there.
        if base.is_plain() {
            return Ok(builder.tls_certs_only([]));
        }
        if let Some(pem) = &self.roots {
            builder = builder.tls_certs_merge(Certificate::from_pem_bundle(pem)?);
        }
        Ok(builder.https_only(true))
    }
}
