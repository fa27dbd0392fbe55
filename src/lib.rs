//! wallet-tui: the terminal from which a trader runs the wallet of a Bitunix spot account.
//!
//! # The map: point at the screen, find the code
//!
//! ```text
//!  wallet-tui · main · uid 681979174        ≈ 38,412.22 USDT  2 pending    view/header.rs   app/summary.rs
//!  1 Balances  2 Deposits ▐3 Withdrawals▌ 4 Transfers      ● live 3s       view/tabs.rs     app/tab.rs
//! ──────────────────────────────────────────────────────────────────────
//!  ▲ 1 withdrawal waits for your security check …                          view/banner.rs   app/summary.rs
//!  Time ▼     Coin  Network           Gross   Fee     Net  Status          view/table.rs    app/table.rs, app/rows.rs
//! ▌2 min ago  TRX   Tron (TRC-20)     20.00     ?   19.00  ◌ pending       view/cells.rs, view/columns.rs
//!  1 h ago    USDT  Tron (TRC-20)    500.00  1.00  499.00  ▲ verification
//! ── 2 of 130 ──────────────────────────────────────────────────────────   view/status.rs   app.rs (toast, filter)
//!  Tab next tab  Enter detail  / filter  s sort  ? help  q quit            view/footer.rs   keymap.rs
//! ```
//!
//! Beside or over the table: every field of the selected row (`view/detail.rs`, `app/detail.rs`); over everything: the
//! help (`view/help.rs`, `keymap.rs`). On top of the tables: a form, its review, the wait and the outcome (`app/form.rs`,
//! `app/modal.rs` and `view/modal.rs` with a file for each; orders that are under way or of unknown outcome: `app/orders.rs`,
//! the list of all: `app/modal/ledger.rs`). Where to pay in: `app/deposit.rs`, `view/deposit.rs`, its code `view/qr.rs`.
//! What a key does: `app/input.rs`, `app/modal.rs`. Where a region is: `app/layout.rs`. How it looks: `theme.rs`,
//! `assets/themes`. What a field of one line takes of keys and pastes: `app/line_input.rs`, by the one rule of `domain/line.rs`.
//! What is copied goes to `clipboard.rs`, else through `terminal.rs`.
//! Which words: `locale.rs`, `assets/locales`.
//!
//! # The flow
//!
//! ```text
//!  keys, ticks, replies ──▶ one loop ──▶ App::update(Message) -> Vec<Effect> ──▶ Runtime::load → api::Client
//!     run.rs                  ▲              app.rs, app/                          runtime.rs
//!                             └──────────── one Message per task ◀─────────────────┘
//!                                  nothing waits: view::draw(&App, &Theme, frame)
//! ```
//!
//! `App::update` is the only place where state changes, and it has no I/O, clock or chance in it. `sync.rs` plans when to
//! ask again, `app/loads.rs` asks, `app/remote.rs` drops replies to older askings. `terminal.rs` takes the terminal and
//! gives it back on every way out; `terminal/input.rs` reads it.
//!
//! # Who is who
//!
//! * `domain/preflight.rs`: what may be sent, what must be confirmed and why not: one function for form, review, commands and engine;
//!   `domain/review.rs`: the rows of the page about an order. `orders/guards.rs`: what the configuration allows at that moment.
//! * `domain/`: amounts, records, coins, problems: this program's own words. `domain/text.rs` is the gate that all
//!   foreign text passes before it is shown; `domain/amount.rs` is exact.
//! * `api/`: our typed side of the exchange. Wire names live in `api/wire` alone; `api/sign.rs` is pure.
//! * `simulator/`: an exchange of our own on loopback, for `--demo` and for the tests.
//! * `orders/`: the life of an order, for the screen and the commands alike; `ledger/`: the database it is written in.
//! * `cli/`: the same engine as commands; those that order are in `cli/order/`. `settings.rs`: flags, environment, file. `explain.rs`: problems in words.
//!
//! # Words
//!
//! | word | meaning |
//! |---|---|
//! | Message, Action, Context | anything that may change the app; what a key means here; who is listening |
//! | Effect, Reply | a wish for I/O, as data; what its task sends back |
//! | Remote | data that the exchange owns: last value, state of the asking, when it was true |
//! | Deposit, Withdrawal, Transfer, Move | chain in; chain out; to or from another user; spot ↔ futures of one's own |
//! | available, in use, total | what can be used now; what orders and withdrawals hold; both |
//! | gross, fee, net | what leaves the account; what the exchange keeps; what arrives |
//! | Problem, Cause, Refusal | a call that did not end well; why; the exchange's own reason |
//! | Toast, Banner | one line of news that leaves; one that stays until acted on |
//! | Form, Slot, Choice | what asks for an order; one of its fields; a line of a list to choose from |
//! | Review, Word, Closed | the page that owns the request; what must be typed by hand; why it cannot be sent now |
//! | Preflight | everything that the rules say of a request at one moment: faults, notes, confirmations, blockers |
//! | Confirmation, Consent | one thing that the user must do by hand; all that were done, with the request that they are for |
//! | Sheet, Row | what a page about one order says; one thing of it |
//! | Role | a meaning that a colour serves |

pub mod cli;
pub mod domain;
pub mod engine;
pub mod exchange;
pub mod platform;
pub mod simulator;
pub mod tui;
