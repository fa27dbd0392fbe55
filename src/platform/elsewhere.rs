//! What Linux has and the other systems do not.

/// The desktop's bus.
pub mod desktop {
    /// There is none to show a notification.
    ///
    /// # Errors
    /// Always: what does it instead.
    pub fn notify(_: &str) -> Result<(), String> {
        Err("no D-Bus desktop on this system; use notices.hook".to_owned())
    }
}
