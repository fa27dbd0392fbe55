//! What a wait for the terminal ends with.

/// What the terminal did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sent {
    /// It sent so many bytes.
    Bytes(usize),
    /// It has another size.
    Resized,
}

/// How a wait for a line ended.
#[derive(Debug, PartialEq, Eq)]
pub enum Answer {
    /// This was typed, its end with it.
    Line(String),
    /// Nothing was, in the time that there was.
    TooLate,
    /// Nobody is there to answer.
    Nobody,
}
