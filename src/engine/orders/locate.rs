//! Which ledger a key's orders belong to: that of its account, once anybody has told whose key it is.

use std::path::PathBuf;
use std::time::Duration;

use tokio::time::timeout;

use crate::domain::{Cause, Loss, Problem, UntrustedText, UserInfo};
use crate::engine::ledger::{KeyPlace, LedgerError};
use crate::exchange::{Client, endpoint};

/// What the exchange says where it does not know the question.
const NO_SUCH_PAGE: u16 = 404;
/// How often a ledger is brought home that somebody else holds for a moment, and the pause between.
const TRIES: u32 = 10;
const PAUSE: Duration = Duration::from_millis(100);

/// Where a key leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Located {
    /// To its account's ledger, which everything that lay elsewhere was brought to.
    Account {
        /// Where it is; it need not be there yet.
        path: PathBuf,
        /// Whose it is.
        uid: UntrustedText,
    },
    /// The exchange tells no uid: the key stays the account, and what other keys ordered is not seen.
    Key {
        /// Where its ledger is, or would be.
        path: PathBuf,
    },
    /// Nobody has told yet whose key this is: what is there can be read, and nothing can be ordered.
    Unknown {
        /// The ledger of the key.
        path: PathBuf,
        /// Why the exchange did not tell.
        problem: Problem,
    },
}

impl Located {
    /// Where the ledger is.
    pub const fn path(&self) -> &PathBuf {
        match self {
            Self::Account { path, .. } | Self::Key { path } | Self::Unknown { path, .. } => path,
        }
    }
}

/// Finds the ledger of a key: by what is known on this machine, else by asking the exchange whose key it is, for so long at the
/// most. Ledgers of the account that lie elsewhere are brought home. A run that only looks (`writes` is false) leaves everything
/// as it is where nothing has to be brought home.
///
/// # Errors
/// What [`KeyPlace::bind`] says: then nothing may be ordered.
pub async fn locate(place: &KeyPlace, client: &Client, limit: Duration, writes: bool) -> Result<Located, LedgerError> {
    let known = place.known_uid().map(UntrustedText::from);
    let uid = match known {
        Some(uid) => uid,
        None => match timeout(limit, client.user_info()).await {
            Ok(Ok(UserInfo { uid: Some(uid) })) => uid,
            Ok(Ok(UserInfo { uid: None })) => return Ok(Located::Key { path: place.key_path() }),
            Ok(Err(problem)) if tells_nothing(&problem) => return Ok(Located::Key { path: place.key_path() }),
            Ok(Err(problem)) => return Ok(Located::Unknown { path: place.key_path(), problem }),
            Err(_) => {
                let cause = Cause::NoAnswer { loss: Loss::Timeout, detail: UntrustedText::default() };
                let problem = Problem { endpoint: endpoint::USER_INFO, cause };
                return Ok(Located::Unknown { path: place.key_path(), problem });
            }
        },
    };
    let (place, account) = (place.clone(), uid.clone());
    let binding = tokio::task::spawn_blocking(move || {
        if !writes && !place.has_sources(account.raw()) {
            return Ok(place.account_path(account.raw()));
        }
        let mut tries = 1;
        loop {
            match place.bind(account.raw(), &[]) {
                // Another instance may be bringing the same home just now.
                Err(LedgerError::Place { .. }) if tries < TRIES => {
                    tries += 1;
                    std::thread::sleep(PAUSE);
                }
                bound => return bound,
            }
        }
    });
    let path = binding.await.map_err(|why| LedgerError::Place { path: String::new(), why: why.to_string() })??;
    Ok(Located::Account { path, uid })
}

/// An exchange that does not know the question tells no account; any other trouble may be over at the next one.
const fn tells_nothing(problem: &Problem) -> bool {
    matches!(problem.cause, Cause::NoAnswer { loss: Loss::Status(NO_SUCH_PAGE), .. })
}
