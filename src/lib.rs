//! wallet-tui: the terminal from which a trader runs the wallet of a Bitunix spot account.

pub mod api;
pub mod app;
pub mod cli;
pub mod clock;
pub mod domain;
pub mod explain;
pub mod keymap;
pub mod locale;
pub mod run;
pub mod runtime;
pub mod simulator;
pub mod sync;
pub mod terminal;
pub mod theme;
pub mod view;
