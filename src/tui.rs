//! The screen: what keys do, what a person sees, and the loop that joins them to the engine. It never uses a command.

pub mod app;
pub mod clipboard;
pub mod dialogs;
pub mod effect;
pub mod event_loop;
pub mod message;
pub mod refresh;
pub mod runtime;
pub mod state;
pub mod terminal;
pub mod view;
pub mod widgets;
