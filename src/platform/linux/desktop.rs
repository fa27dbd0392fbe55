//! Notifications of the desktop, over D-Bus.

/// Shows a notification. Blocks.
///
/// # Errors
/// The bus's words, where nobody takes it.
pub fn notify(text: &str) -> Result<(), String> {
    on(zbus::blocking::connection::Builder::session(), text).map_err(|why| why.to_string())
}

/// The same on the bus at an address.
#[cfg(test)]
fn notify_at(address: &str, text: &str) -> Result<(), String> {
    on(zbus::blocking::connection::Builder::address(address), text).map_err(|why| why.to_string())
}

fn on(bus: zbus::Result<zbus::blocking::connection::Builder<'_>>, text: &str) -> zbus::Result<()> {
    use std::collections::HashMap;

    use zbus::zvariant::Value;

    const NAME: &str = "org.freedesktop.Notifications";
    let bus = bus?.build()?;
    // Some servers read markup: a sign of it must not be one.
    let body = text.replace('&', "&amp;").replace('<', "&lt;");
    let (replaces, actions, hints) = (0_u32, Vec::<&str>::new(), HashMap::<&str, Value<'_>>::new());
    let said = ("wallet-tui", replaces, "", "wallet-tui", body.as_str(), actions, hints, -1_i32);
    bus.call_method(Some(NAME), "/org/freedesktop/Notifications", Some(NAME), "Notify", &said)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;
    use std::sync::mpsc::{Sender, channel};

    use zbus::zvariant::OwnedValue;

    use crate::platform::linux::session_bus::SessionBus;

    /// A desktop that hands on what it is told.
    struct Desktop(Sender<String>);

    #[zbus::interface(name = "org.freedesktop.Notifications")]
    impl Desktop {
        #[expect(clippy::too_many_arguments, reason = "the interface has so many")]
        #[expect(clippy::needless_pass_by_value, reason = "the interface hands them over")]
        fn notify(
            &self,
            app_name: String,
            replaces: u32,
            icon: String,
            summary: String,
            body: String,
            actions: Vec<String>,
            hints: HashMap<String, OwnedValue>,
            expires: i32,
        ) -> u32 {
            let said = format!("{app_name}|{replaces}|{icon}|{summary}|{body}|{actions:?}|{}|{expires}", hints.len());
            u32::from(self.0.send(said).is_ok())
        }
    }

    #[test]
    fn desktop_is_told_over_a_real_bus_and_a_missing_one_fails() {
        let nowhere = super::notify_at("unix:path=/nonexistent", "x");
        assert!(nowhere.is_err());
        let Some(bus) = SessionBus::start() else { return };
        let address = bus.address();
        assert!(super::notify_at(address, "x").is_err(), "nobody takes it yet");
        let (sender, told) = channel();
        let service = zbus::blocking::connection::Builder::address(address)
            .unwrap()
            .name("org.freedesktop.Notifications")
            .unwrap()
            .serve_at("/org/freedesktop/Notifications", Desktop(sender))
            .unwrap()
            .build()
            .unwrap();
        super::notify_at(address, "5 < 6 & more").unwrap();
        assert_eq!(told.recv().unwrap(), "wallet-tui|0||wallet-tui|5 &lt; 6 &amp; more|[]|0|-1");
        drop(service);
    }
}
