//! What the Secret Service on the session bus says of its default collection, asked without opening any window. A service without
//! one and a locked one refuse a secret in the same way; only these questions tell them apart. Blocks, perhaps for ever.

use crate::engine::config::profile::KeyringState;

#[cfg(target_os = "linux")]
pub(super) fn state() -> KeyringState {
    of(zbus::blocking::connection::Builder::session()).unwrap_or_else(|why| KeyringState::Absent(why.to_string()))
}

/// The other systems have one keyring, and ask for it themselves.
#[cfg(not(target_os = "linux"))]
pub(super) const fn state() -> KeyringState {
    KeyringState::Ready
}

#[cfg(target_os = "linux")]
fn of(bus: zbus::Result<zbus::blocking::connection::Builder<'_>>) -> zbus::Result<KeyringState> {
    use zbus::zvariant::{ObjectPath, Value};

    const NAME: &str = "org.freedesktop.secrets";
    let bus = bus?.build()?;
    let service = Some("org.freedesktop.Secret.Service");
    let answer = bus.call_method(Some(NAME), "/org/freedesktop/secrets", service, "ReadAlias", &"default")?;
    let body = answer.body();
    let collection: ObjectPath<'_> = body.deserialize()?;
    if collection.as_str() == "/" {
        return Ok(KeyringState::NoCollection);
    }
    let property = ("org.freedesktop.Secret.Collection", "Locked");
    let properties = Some("org.freedesktop.DBus.Properties");
    let answer = bus.call_method(Some(NAME), collection.as_str(), properties, "Get", &property)?;
    let body = answer.body();
    let is_locked = bool::try_from(body.deserialize::<Value<'_>>()?)?;
    Ok(if is_locked { KeyringState::Locked } else { KeyringState::Ready })
}

#[cfg(all(test, target_os = "linux"))]
mod tests {

    use zbus::zvariant::{ObjectPath, OwnedObjectPath};

    use super::*;
    use crate::platform::session_bus::SessionBus;

    /// A service whose default collection is at this path.
    struct Service(&'static str);

    #[zbus::interface(name = "org.freedesktop.Secret.Service")]
    impl Service {
        #[expect(clippy::needless_pass_by_value, reason = "the interface hands it over")]
        fn read_alias(&self, name: String) -> OwnedObjectPath {
            let path = if name == "default" { self.0 } else { "/" };
            ObjectPath::from_static_str_unchecked(path).into()
        }
    }

    struct Collection {
        is_locked: bool,
    }

    #[zbus::interface(name = "org.freedesktop.Secret.Collection")]
    impl Collection {
        #[zbus(property)]
        fn locked(&self) -> bool {
            self.is_locked
        }
    }

    #[test]
    fn a_keyring_without_a_collection_is_not_a_locked_one() {
        let Some(bus) = SessionBus::start() else { return };
        let builder = || zbus::blocking::connection::Builder::address(bus.address());
        for (path, is_locked, found) in [
            ("/", false, KeyringState::NoCollection),
            ("/org/freedesktop/secrets/collection/login", true, KeyringState::Locked),
            ("/org/freedesktop/secrets/collection/login", false, KeyringState::Ready),
        ] {
            let service = builder().unwrap().name("org.freedesktop.secrets").unwrap();
            let service = service.serve_at("/org/freedesktop/secrets", Service(path)).unwrap();
            let service = service.serve_at("/org/freedesktop/secrets/collection/login", Collection { is_locked });
            let service = service.unwrap().build().unwrap();
            assert_eq!(of(builder()).unwrap(), found);
            drop(service);
        }
        assert!(of(zbus::blocking::connection::Builder::address("unix:path=/nonexistent")).is_err());
    }
}
