//! What the configuration allows of orders, read anew at the moment of sending: a limit that was lowered, or a profile that
//! became read-only, while a review was open or a delay ran, holds for that order too.

use std::fmt;
use std::sync::Arc;

use crate::domain::UntrustedText;
use crate::domain::address_book::Label;
use crate::domain::rules::Limits;

/// What the user allows of orders.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Guards {
    /// Limits of everything that moves money; read-only is among them.
    pub limits: Limits,
    /// Names that the user gave to addresses.
    pub labels: Vec<Label>,
}

/// Reads [`Guards`] from where they are written, in words where that fails.
#[derive(Clone)]
pub struct GuardReader(Arc<dyn Fn() -> Result<Guards, UntrustedText> + Send + Sync>);

impl GuardReader {
    /// Guards that `read` reads each time.
    pub fn new(read: impl Fn() -> Result<Guards, UntrustedText> + Send + Sync + 'static) -> Self {
        Self(Arc::new(read))
    }

    /// As they are now.
    ///
    /// # Errors
    /// They cannot be read; why, in words. Then nothing may be ordered.
    pub fn read(&self) -> Result<Guards, UntrustedText> {
        (self.0)()
    }
}

impl Default for GuardReader {
    /// Nothing is limited.
    fn default() -> Self {
        Self::new(|| Ok(Guards::default()))
    }
}

impl fmt::Debug for GuardReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("GuardReader")
    }
}
