//! wallet-tui: the terminal from which a trader runs the wallet of a Bitunix account, spot and futures.
//!
//! # The map: point at the screen, find the code
//!
//! ```text
//!  wallet-tui  main  uid 681979174   LIVE   ≈ 38,412.22 USDT  2 pending    tui/view/header.rs
//!  1 Balances  2 Deposits ▐3 Withdrawals▌ 4 Transfers      ● live 3s       tui/view/tabs.rs
//! ──────────────────────────────────────────────────────────────────────
//!  ▲ 1 payment waits for your security check …                             tui/view/banner.rs
//!  Time ▼     Coin  Network           Gross   Fee     Net  Status          tui/view/table.rs
//! ▌2 min ago  TRX   Tron (TRC-20)     20.00     ?   19.00  ◌ pending       tui/widgets/cells.rs
//!  1 h ago    USDT  Tron (TRC-20)    500.00  1.00  499.00  ▲ verification
//! ─ 2/130 ──────────────────────────────────────────────────────────────   tui/view/status.rs
//!  w withdraw  c cancel  d deposit  t transfer  m move  / filter  ? help   tui/view/footer.rs
//! ```
//!
//! | what is seen | drawn by | where its state is |
//! |---|---|---|
//! | the whole worth, what is pending; banners | `tui/view/header.rs`, `tui/view/banner.rs` | `tui/state/summary.rs` |
//! | the tabs and the state of the connection | `tui/view/tabs.rs` | `tui/state/summary.rs`, `tui/state/accessors.rs` |
//! | the line of sums below the balances | `tui/view/totals.rs` | `tui/state/summary.rs` |
//! | the lines of the futures side above it | `tui/view/futures.rs` | `tui/state/futures.rs` |
//! | rows, their order and filter | `tui/view/table.rs`, `tui/widgets/columns.rs` | `tui/state/rows.rs`, `tui/state/table.rs`, `tui/state/widths.rs`; keys: `tui/state/input.rs` |
//! | the detail of a row; the account beside the tables | `tui/view/detail.rs`, `tui/view/overview.rs` | `tui/state/detail.rs`, `tui/state/coin_detail.rs` |
//! | where to pay in, with its QR code | `tui/view/deposit.rs`, `tui/widgets/qr.rs` | `tui/state/deposit.rs` |
//! | help, the locked screen, the first screen | `tui/view/help.rs`, `tui/view/lock.rs`, `tui/view/welcome.rs` | `tui/state/help.rs`, `tui/state/lock.rs`, `tui/app/welcome.rs` |
//! | the keys of the last line | `tui/view/footer.rs` | `tui/app/footer.rs` |
//! | news on the line of status | `tui/view/status.rs` | `tui/state/toast.rs` |
//! | a form, and what stands beside it | `tui/dialogs/form/view.rs`, `tui/dialogs/form/beside.rs` | `tui/dialogs/form.rs`, `tui/state/form.rs` |
//! | the review of an order | `tui/dialogs/review/view.rs` | `tui/dialogs/review.rs`, `tui/app/review.rs` |
//! | every other dialog | `tui/dialogs/`: one file each | the same file |
//!
//! Where a region is: `tui/state/layout.rs`. What a key means: `engine/config/keymap.rs`, its chords:
//! `engine/config/keymap/defaults.rs`; what it does: `tui/app/input.rs`, which page it opens: `tui/app/dialog.rs`, in a dialog its
//! `update`. How numbers are written: `tui/widgets/format.rs`; how times are: `domain/text_width.rs`. How it looks: `engine/config/theme.rs`, `assets/themes`. Which words: `domain/locale.rs`, `assets/locales`.
//!
//! # The rooms
//!
//! `cli → tui → engine → exchange → domain`, `simulator` beside them, `platform` above `domain` alone. Arrows go down only, and no two files use
//! each other, however far round; `tests/laws/rooms.rs` reads the sources and says so.
//!
//! * `domain/`: amounts, records, coins, rules, problems: pure. `domain/preflight.rs` says what may be sent, what must be
//!   confirmed and why not: one function for form, review, commands and engine. `domain/review.rs`: the rows of the page about
//!   an order. `domain/text.rs` sanitizes whatever comes from outside; `domain/amount.rs` is exact.
//! * `exchange/`: the client, our typed side of the API. Wire names live in `exchange/wire.rs` and below it alone;
//!   `exchange/sign.rs` is pure.
//! * `engine/`: what screen and commands share. `engine/orders.rs`: the life of an order; `engine/ledger.rs`: the database that it
//!   is written in; `engine/history.rs`: the history read back; `engine/notifications.rs`; `engine/config.rs`: flags, environment
//!   and file; `engine/secrets.rs`; `engine/diagnostics.rs`; `engine/session.rs`; `engine/export.rs`; `engine/explain.rs`: problems in words.
//! * `tui/`: the screen. `tui/app.rs` holds `tui/state.rs` and at most one dialog; `tui/effect.rs` and `tui/message.rs` are what goes
//!   out and what comes in; `tui/runtime.rs` is the only place that performs effects; `tui/event_loop.rs` joins them.
//! * `cli/`: `cli.rs` says what may be typed, `cli/start.rs` leads to it, to the dashboard, or to `cli/plain.rs` (lines instead of a screen);
//!   `cli/commands.rs` runs each command, for the shell and for `--plain`. Reading commands are in `cli/read.rs`, those that order in
//!   `cli/order/`, `logout` in `cli/login.rs`, `ledger` and `reconcile` in `cli/ledger_commands.rs`; the others have a file each.
//! * `simulator/`: an exchange of our own on loopback, for `--demo` and for the tests. `platform/`: what differs between systems.
//!
//! # The flow
//!
//! ```text
//!  keys, ticks, replies ──▶ one inbox ──▶ App::update(Message) -> Vec<Effect> ──▶ Runtime ──▶ exchange::Client, Ledger
//!     tui/event_loop.rs        ▲              tui/app.rs                           tui/runtime.rs
//!                              └──────────── one Message per task ◀────────────────────┘
//!                                   inbox empty: view::draw(&App, &Theme, frame)
//! ```
//!
//! `App::update` is the only place where state changes, and it has no I/O, clock or chance in it. A dialog reads the state and
//! answers a `Next`; `tui/app/dialog.rs` follows it. `tui/refresh.rs` plans when to ask again, `tui/state/loads.rs` asks,
//! `tui/state/remote.rs` drops replies to older askings. `tui/terminal.rs` takes the terminal and gives it back on every way out.
//!
//! An amount from key to wire: `tui/app/input.rs`, `tui/app/dialog.rs`, `tui/dialogs/form.rs`, `tui/dialogs/form/withdraw.rs`,
//! `domain/rules/withdraw.rs`, `tui/dialogs/review.rs`, `tui/app/review.rs`, `tui/runtime.rs`, `engine/orders/place.rs`,
//! `exchange.rs`, `exchange/wire/request.rs`, `exchange/call.rs`.
//!
//! A record from wire to cell: `exchange/call.rs`, `exchange/wire/record.rs`, `exchange.rs`, `tui/runtime.rs`, `tui/app.rs`,
//! `tui/state/loads.rs`, `tui/state/past.rs`, `domain/records.rs`, `tui/state/rows.rs`, `tui/view/table.rs`, `tui/widgets/cells.rs`.
//!
//! A setting from flag to screen: `cli.rs`, `cli/layers.rs`, `engine/config.rs`, `tui/event_loop.rs`, `tui/state/config.rs`.
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
//! | Request, Order | a checked, complete wish to move money; that wish written to the ledger, with its outcome |
//! | Problem, Cause, Refusal | a call that did not end well; why; the exchange's own reason |
//! | Toast, Banner | one line of news that leaves; one that stays until acted on |
//! | Dialog, Form, Field, Choice | the one thing on top of the tables; what asks for an order; one of its inputs; a line of a list to choose from |
//! | Preflight | everything that the rules say of a request at one moment: faults, notes, confirmations, blockers |
//! | Confirmation, Consent | one thing that the user must do by hand; all that were done, with the request that they are for |
//! | Flow | which list of the exchange a record is on: incoming (0) or outgoing (1); a `CoinFlow` is a sum |
//! | Role | a meaning that a colour serves |

pub mod cli;
pub mod domain;
pub mod engine;
pub mod exchange;
pub mod platform;
pub mod simulator;
pub mod tui;
