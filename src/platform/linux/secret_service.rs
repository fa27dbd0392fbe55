//! The default collection of the Secret Service on the session bus: how it is, asked without opening any window, and how one is
//! made. A service without one and a locked one refuse a secret in the same way; only these questions tell them apart. Blocks,
//! perhaps for ever.

use crate::platform::keyring_state::KeyringState;

/// How the keyring is.
pub fn state() -> KeyringState {
    of(zbus::blocking::connection::Builder::session()).unwrap_or_else(|why| KeyringState::Absent(why.to_string()))
}

/// Makes the default collection; the service asks for its password in a window of its own. False when that was closed, or could
/// not be shown.
///
/// # Errors
/// The bus's words.
pub fn make_collection() -> Result<bool, String> {
    make(zbus::blocking::connection::Builder::session()).map_err(|why| why.to_string())
}

/// What the service is called on the bus, where it is, and what it and its parts answer to (the Secret Service API, 0.2).
mod api {
    pub const NAME: &str = "org.freedesktop.secrets";
    pub const PLACE: &str = "/org/freedesktop/secrets";
    pub const SERVICE: &str = "org.freedesktop.Secret.Service";
    pub const COLLECTION: &str = "org.freedesktop.Secret.Collection";
    pub const LABEL: &str = "org.freedesktop.Secret.Collection.Label";
    pub const PROMPT: &str = "org.freedesktop.Secret.Prompt";
    /// The place of what is not there.
    pub const NOWHERE: &str = "/";
    /// The name under which new secrets find their collection.
    pub const DEFAULT: &str = "default";
}

fn of(bus: zbus::Result<zbus::blocking::connection::Builder<'_>>) -> zbus::Result<KeyringState> {
    use zbus::zvariant::{ObjectPath, Value};

    let bus = bus?.build()?;
    let answer = bus.call_method(Some(api::NAME), api::PLACE, Some(api::SERVICE), "ReadAlias", &api::DEFAULT)?;
    let body = answer.body();
    let collection: ObjectPath<'_> = body.deserialize()?;
    if collection.as_str() == api::NOWHERE {
        return Ok(KeyringState::NoCollection);
    }
    let property = (api::COLLECTION, "Locked");
    let properties = Some("org.freedesktop.DBus.Properties");
    let answer = bus.call_method(Some(api::NAME), collection.as_str(), properties, "Get", &property)?;
    let body = answer.body();
    let is_locked = bool::try_from(body.deserialize::<Value<'_>>()?)?;
    Ok(if is_locked { KeyringState::Locked } else { KeyringState::Ready })
}

/// False when the window was closed, or could not be shown.
fn make(bus: zbus::Result<zbus::blocking::connection::Builder<'_>>) -> zbus::Result<bool> {
    use std::collections::HashMap;
    use zbus::zvariant::{ObjectPath, OwnedObjectPath, Value};

    let bus = bus?.build()?;
    let properties = HashMap::from([(api::LABEL, Value::from("Default keyring"))]);
    let wanted = (properties, api::DEFAULT);
    let answer = bus.call_method(Some(api::NAME), api::PLACE, Some(api::SERVICE), "CreateCollection", &wanted)?;
    let body = answer.body();
    let (made, prompt): (ObjectPath<'_>, OwnedObjectPath) = body.deserialize()?;
    if made.as_str() != api::NOWHERE || prompt.as_str() == api::NOWHERE {
        return Ok(made.as_str() != api::NOWHERE);
    }
    let window = zbus::blocking::Proxy::new(&bus, api::NAME, prompt, api::PROMPT)?;
    // Its end is listened for before it begins: it may come at once.
    let mut ends = window.receive_signal("Completed")?;
    window.call_method("Prompt", &"")?;
    let Some(end) = ends.next() else { return Ok(false) };
    let body = end.body();
    let (was_dismissed, _): (bool, Value<'_>) = body.deserialize()?;
    Ok(!was_dismissed)
}

#[cfg(test)]
mod tests {
    use zbus::zvariant::{ObjectPath, OwnedObjectPath};

    use super::*;
    use crate::platform::linux::session_bus::SessionBus;

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

    /// A service that makes a collection once its window was answered.
    struct Maker {
        window: &'static str,
    }

    #[zbus::interface(name = "org.freedesktop.Secret.Service")]
    impl Maker {
        #[expect(clippy::needless_pass_by_value, reason = "the interface hands it over")]
        fn create_collection(
            &self,
            properties: std::collections::HashMap<String, zbus::zvariant::OwnedValue>,
            alias: String,
        ) -> (OwnedObjectPath, OwnedObjectPath) {
            let is_right = alias == "default" && properties.contains_key("org.freedesktop.Secret.Collection.Label");
            let window = if is_right { self.window } else { "/" };
            let path = |path| ObjectPath::from_static_str_unchecked(path).into();
            (path("/"), path(window))
        }
    }

    /// A window that is answered, or closed, as soon as it opens.
    struct Window {
        is_closed: bool,
    }

    #[zbus::interface(name = "org.freedesktop.Secret.Prompt")]
    impl Window {
        async fn prompt(
            &self,
            window_id: &str,
            #[zbus(signal_emitter)] emitter: zbus::object_server::SignalEmitter<'_>,
        ) -> zbus::fdo::Result<()> {
            let made = ObjectPath::from_static_str_unchecked("/org/freedesktop/secrets/collection/new");
            let is_closed = self.is_closed || !window_id.is_empty();
            Ok(Self::completed(&emitter, is_closed, zbus::zvariant::Value::from(made)).await?)
        }

        #[zbus(signal)]
        async fn completed(
            emitter: &zbus::object_server::SignalEmitter<'_>,
            dismissed: bool,
            result: zbus::zvariant::Value<'_>,
        ) -> zbus::Result<()>;
    }

    #[test]
    fn a_collection_is_made_once_the_window_is_answered() {
        let Some(bus) = SessionBus::start() else { return };
        let builder = || zbus::blocking::connection::Builder::address(bus.address());
        for is_closed in [false, true] {
            let service = builder().unwrap().name("org.freedesktop.secrets").unwrap();
            let service = service.serve_at("/org/freedesktop/secrets", Maker { window: "/window" }).unwrap();
            let service = service.serve_at("/window", Window { is_closed }).unwrap().build().unwrap();
            assert_eq!(make(builder()).unwrap(), !is_closed);
            drop(service);
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
