//! A receipt of one payment: what is known of its record, as text and as a page to print, and nothing else of the account: no
//! balance, no user id of its own, no key, no note.
//!
//! The page stands alone: no script, nothing from elsewhere, and one link, to the transaction at the explorer.

use std::fmt::Write as _;

use crate::domain::locale::Lang;
use crate::domain::text::sanitize;
use crate::domain::text_width::width;
use crate::domain::value::grouped;
use crate::domain::{Amount, Charge, Kind, Millis, Record, UntrustedText};
use crate::engine::VERSION;

/// The most graphemes of a foreign text on a receipt, so that it stays on one page.
const MOST: usize = 256;

/// What is known of a payment beside its record.
#[derive(Debug, Clone)]
pub struct ReceiptFacts {
    /// What it took from the account.
    pub charge: Charge,
    /// Why the record is doubted: a word of the catalogue's `doubt`.
    pub doubt: Option<UntrustedText>,
    /// Where its transaction can be looked up.
    pub page: Option<String>,
    /// Whether the exchange has just said it; else the ledger alone did.
    pub is_listed: bool,
    /// Whether the exchange is the embedded one, and all of it invented.
    pub is_demo: bool,
    /// When the receipt is written, by this machine's clock.
    pub written: Millis,
}

/// A receipt, row by row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    lang: Lang,
    kind: String,
    /// Names and values, ready to be shown.
    rows: Vec<(&'static str, String)>,
    page: Option<String>,
    notes: Vec<String>,
    is_demo: bool,
}

impl Receipt {
    /// What is said of a record.
    pub fn of(record: &Record, facts: ReceiptFacts, lang: Lang) -> Self {
        let shown = |text: &UntrustedText| text.excerpt(MOST);
        let unsaid = || lang.t("absent.not_said").to_owned();
        let or_unsaid = |text: Option<&UntrustedText>| text.map_or_else(unsaid, shown);
        let (key, kind) = (&record.key, &record.key.kind);
        let word = |section: &str, word: &str| {
            let known = lang.find(&format!("{section}.{word}")).map(str::to_owned);
            known.unwrap_or_else(|| UntrustedText::from(word).excerpt(MOST))
        };
        let title = word("kind", kind.word());
        let mut rows = vec![
            (lang.t("field.kind"), title.clone()),
            (lang.t("field.status"), word("status", record.status.word())),
            (lang.t("field.time"), record.time.map_or_else(unsaid, Millis::exact)),
        ];
        rows.extend(amounts(record, &facts.charge, lang));
        let is_on_chain = !kind.is_transfer() && !kind.is_move();
        if is_on_chain {
            rows.push((lang.t("field.network"), or_unsaid(record.network.as_ref())));
        }
        if !kind.is_outgoing() {
            rows.push((lang.t("field.from"), or_unsaid(record.from_address.as_ref())));
        }
        // Of a transfer that came in, where it went to is the account's own user id.
        if *kind != Kind::TransferIn {
            let to = if kind.is_outgoing() { record.counterparty() } else { record.address.clone() };
            rows.push((lang.t("field.to"), or_unsaid(to.as_ref())));
            rows.extend(record.also_address.as_ref().map(|other| (lang.t("field.also_to"), shown(other))));
        }
        let mut page = None;
        if is_on_chain {
            let memo = record.memo.as_ref().map_or_else(|| lang.t("absent.none").to_owned(), shown);
            rows.push((lang.t("field.memo"), memo));
            let is_awaited = kind.is_outgoing() && !record.status.is_final();
            let absent = if is_awaited { "absent.txid" } else { "absent.not_said" };
            rows.push((lang.t("field.txid"), record.txid.as_ref().map_or_else(|| lang.t(absent).to_owned(), shown)));
            page = facts.page.filter(|_| record.txid.is_some());
        }
        rows.push((lang.t("field.id"), shown(&key.id)));
        rows.push((lang.t("receipt.written"), facts.written.exact()));
        let mut notes = Vec::new();
        if let Some(doubt) = &facts.doubt {
            notes.push(lang.find(&format!("doubt.{}", doubt.raw())).unwrap_or(lang.t("doubt.news")).to_owned());
        }
        let said = if facts.is_listed { "receipt.listed" } else { "receipt.held" };
        notes.push(lang.fill(said, &[("time", &facts.written.exact())]));
        if !record.status.is_final() {
            notes.push(lang.t("receipt.not_final").to_owned());
        }
        notes.push(lang.fill("receipt.by", &[("version", VERSION)]));
        Self { lang, kind: title, rows, page, notes, is_demo: facts.is_demo }
    }

    /// For a terminal or a mail: one row a line.
    pub fn text(&self) -> String {
        let lang = self.lang;
        let mut out = format!("{}: {}\n\n", lang.t("receipt.title"), sanitize(&self.kind));
        if self.is_demo {
            let _ = writeln!(out, "{}\n", lang.t("receipt.demo"));
        }
        let page = self.page.as_deref().map(|page| (lang.t("field.page"), sanitize(page).into_owned()));
        let rows = || self.rows.iter().chain(&page);
        let room = rows().map(|(name, _)| width(name)).max().unwrap_or(0);
        for (name, value) in rows() {
            let gap = room - width(name) + 2;
            // Writing into a String cannot fail.
            let _ = writeln!(out, "{name}{:gap$}{value}", "");
        }
        out.push('\n');
        for note in &self.notes {
            let _ = writeln!(out, "{note}");
        }
        out
    }

    /// A page of its own, which fits one sheet of A4.
    pub fn html(&self) -> String {
        let lang = self.lang;
        let code = match lang {
            Lang::En => "en",
            Lang::ZhCn => "zh-CN",
        };
        let title = escape(&format!("{}: {}", lang.t("receipt.title"), self.kind));
        let mut rows = String::new();
        for (name, value) in &self.rows {
            let _ = writeln!(rows, "<tr><th scope=\"row\">{}</th><td>{}</td></tr>", escape(name), escape(value));
        }
        if let Some(page) = &self.page {
            let (name, page) = (escape(lang.t("field.page")), escape(page));
            let _ = writeln!(
                rows,
                "<tr><th scope=\"row\">{name}</th><td><a href=\"{page}\" rel=\"noopener noreferrer\">{page}</a></td></tr>"
            );
        }
        let mut notes = String::new();
        if self.is_demo {
            let _ = writeln!(notes, "<p><strong>{}</strong></p>", escape(lang.t("receipt.demo")));
        }
        for note in &self.notes {
            let _ = writeln!(notes, "<p>{}</p>", escape(note));
        }
        format!(
            "<!doctype html>\n<html lang=\"{code}\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
             <meta name=\"referrer\" content=\"no-referrer\">\n\
             <meta name=\"viewport\" content=\"width=device-width\">\n<title>{title}</title>\n<style>\n{STYLE}</style>\n\
             </head>\n<body>\n<h1>{title}</h1>\n<table>\n{rows}</table>\n{notes}</body>\n</html>\n"
        )
    }
}

/// Gross, fee and net of what went out, or the amount of what came in.
fn amounts(record: &Record, charge: &Charge, lang: Lang) -> Vec<(&'static str, String)> {
    let said = |amount: Option<Amount>, coin: &UntrustedText| {
        let number = amount.map(|amount| grouped(amount.trimmed()));
        number.map(|number| format!("{number} {}", coin.excerpt(MOST)))
    };
    let unsaid = |key: &str| lang.find(key).unwrap_or_default().to_owned();
    if !record.key.kind.is_net() {
        let amount = said(record.amount, &record.coin).unwrap_or_else(|| unsaid("absent.not_said"));
        return vec![(lang.t("field.amount"), amount)];
    }
    let reckoned = |text: Option<String>, is_reckoned: bool, absent: &str| match text {
        Some(text) if is_reckoned => lang.fill("detail.reckoned", &[("amount", &format!("≈ {text}"))]),
        Some(text) => text,
        None => unsaid(absent),
    };
    let fee_reckoned = charge.is_reckoned && record.fee.is_none();
    vec![
        (lang.t("field.gross"), reckoned(said(charge.gross, &record.coin), charge.is_reckoned, "absent.unknown")),
        (lang.t("field.fee"), reckoned(said(charge.fee, record.coin_of_fee()), fee_reckoned, "absent.fee")),
        (lang.t("field.net"), said(record.amount, &record.coin).unwrap_or_else(|| unsaid("absent.not_said"))),
    ]
}

/// What is safe between tags and inside quotation marks; nothing that hides or turns letters round is left.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    for c in sanitize(text).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}

const STYLE: &str = "\
@page { size: A4; margin: 18mm; }
body { font: 11pt/1.4 system-ui, sans-serif; color: #000; background: #fff; max-width: 174mm; margin: 0 auto; padding: 1em; }
h1 { font-size: 16pt; }
table { border-collapse: collapse; width: 100%; }
tr { break-inside: avoid; }
th, td { text-align: left; vertical-align: top; padding: 0.3em 0.6em 0.3em 0; border-bottom: 1px solid #bbb; }
th { width: 28%; font-weight: normal; color: #444; }
td { overflow-wrap: anywhere; font-variant-numeric: tabular-nums; }
p { font-size: 9.5pt; margin: 0.6em 0 0; }
@media print { body { padding: 0; } a { color: #000; } }
";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Status;

    const NOW: Millis = Millis(1_795_357_800_000);

    fn facts(record: &Record) -> ReceiptFacts {
        let (charge, page) = (record.charge(None), Some("https://explorer.example/tx/ab12".to_owned()));
        ReceiptFacts { charge, doubt: None, page, is_listed: true, is_demo: false, written: NOW }
    }

    fn withdrawal() -> Record {
        Record {
            network: Some("Tron (TRC-20)".into()),
            address: Some("TJmW5D1p1LnMdTMmxuY1VELHht7v5HV7rU".into()),
            amount: "1499".parse().ok(),
            fee: "1".parse().ok(),
            status: Status::Success,
            time: Some(Millis(1_744_185_294_000)),
            txid: Some("ab12".into()),
            ..Record::bare(Kind::Withdrawal, "1909877667383767042", "USDT")
        }
    }

    /// A row of the text: what stands behind its name.
    fn row<'a>(text: &'a str, name: &str) -> Option<&'a str> {
        text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix("  ").map(str::trim))
    }

    #[test]
    fn a_receipt_says_what_when_where_to_and_what_it_cost() {
        let record = withdrawal();
        let receipt = Receipt::of(&record, facts(&record), Lang::En);
        let text = receipt.text();
        for (name, value) in [
            ("Kind", "Withdrawal"),
            ("Status", "success"),
            ("Created", "2025-04-09 07:54:54 UTC"),
            ("Gross", "1,500 USDT"),
            ("Fee", "1 USDT"),
            ("Net", "1,499 USDT"),
            ("Network", "Tron (TRC-20)"),
            ("To", "TJmW5D1p1LnMdTMmxuY1VELHht7v5HV7rU"),
            ("Memo", "not given"),
            ("TxID", "ab12"),
            ("Id", "1909877667383767042"),
            ("Look up", "https://explorer.example/tx/ab12"),
            ("Written", "2026-11-22 14:30:00 UTC"),
        ] {
            assert_eq!(row(&text, name), Some(value), "{name} in\n{text}");
            assert!(receipt.html().contains(&escape(value)), "{value}");
        }
        assert!(!text.contains("may still change") && !text.contains("invented"), "{text}");
        let chinese = Receipt::of(&record, facts(&record), Lang::ZhCn);
        assert!(chinese.html().contains("<html lang=\"zh-CN\">") && chinese.text().contains("提币"));
    }

    #[test]
    fn what_is_not_known_is_said_and_never_zero() {
        let record = Record { amount: "19".parse().ok(), ..Record::bare(Kind::Withdrawal, "7", "TRX") };
        let text = Receipt::of(&record, facts(&record), Lang::En).text();
        for (name, value) in [
            ("Created", "the exchange does not say"),
            ("Gross", "not known"),
            ("Fee", "not known until the exchange says"),
            ("Network", "the exchange does not say"),
            ("To", "the exchange does not say"),
            ("TxID", "not broadcast yet"),
        ] {
            assert_eq!(row(&text, name), Some(value), "{name} in\n{text}");
        }
        assert_eq!(row(&text, "Look up"), None, "there is nothing to look up");
        assert!(text.contains("may still change"), "{text}");
        let ordered = crate::domain::Ordered { coin: "TRX".into(), gross: "20".parse().unwrap() };
        let known = ReceiptFacts { charge: record.charge(Some(&ordered)), ..facts(&record) };
        let text = Receipt::of(&record, known, Lang::En).text();
        assert_eq!(row(&text, "Gross"), Some("≈ 20 TRX, reckoned from your own order"), "{text}");
    }

    #[test]
    fn nothing_else_of_the_account_is_on_it() {
        let mut record = Record::bare(Kind::TransferIn, "7", "USDT");
        record.address = Some("681979174".into());
        record.from_address = Some("551203998".into());
        record.remark = Some("between us".into());
        record.out_biz_id = Some("wt-1".into());
        let receipt = Receipt::of(&record, facts(&record), Lang::En);
        for all in [receipt.text(), receipt.html()] {
            assert!(all.contains("551203998"), "{all}");
            for other in ["681979174", "between us", "wt-1", "TxID", "Memo"] {
                assert!(!all.contains(other), "{other} in\n{all}");
            }
        }
    }

    #[test]
    fn a_doubted_or_invented_payment_says_so_on_both() {
        let record = withdrawal();
        let doubted =
            ReceiptFacts { doubt: Some("vanished".into()), is_listed: false, is_demo: true, ..facts(&record) };
        let receipt = Receipt::of(&record, doubted, Lang::En);
        for all in [receipt.text(), receipt.html()] {
            for words in ["does not list this record any more", "the ledger of this machine holds it", "invented"] {
                assert!(all.contains(words), "{words} in\n{all}");
            }
        }
    }

    /// Every tag is one of the page's own, to the letter; of the links, where they lead is told by the caller alone.
    fn assert_is_harmless(html: &str, links: usize) {
        let known = [
            "!doctype html",
            "html lang=\"en\"",
            "head",
            "body",
            "h1",
            "table",
            "tr",
            "th scope=\"row\"",
            "td",
            "p",
            "strong",
            "title",
            "style",
            "a",
            "html",
            "th",
            "meta charset=\"utf-8\"",
            "meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\"",
            "meta name=\"referrer\" content=\"no-referrer\"",
            "meta name=\"viewport\" content=\"width=device-width\"",
        ];
        let mut found = 0;
        for part in html.split('<').skip(1) {
            let (tag, text) = part.split_once('>').unwrap_or_else(|| panic!("<{part} does not end in\n{html}"));
            assert!(!text.contains('>'), "{text} in\n{html}");
            let link = tag
                .strip_prefix("a href=\"https://")
                .and_then(|rest| rest.strip_suffix("\" rel=\"noopener noreferrer\""));
            match link {
                Some(link) => {
                    assert!(!link.contains(['"', '\'']), "{link}");
                    found += 1;
                }
                None => assert!(known.contains(&tag.trim_start_matches('/')), "<{tag}> in\n{html}"),
            }
        }
        assert_eq!(found, links, "{html}");
        let style = html.split("<style>").nth(1).unwrap().split("</style>").next().unwrap();
        assert_eq!(style.trim_start(), STYLE);
        for word in ["url(", "@import", "http"] {
            assert!(!STYLE.contains(word), "{word}");
        }
    }

    proptest::proptest! {
        #[test]
        fn whatever_the_exchange_says_is_text_on_the_page(
            hostile in proptest::sample::select(vec!["<script>x</script>", "\"><a href=x>", "'&<!--", "\u{202e}x", "</td><img src=x>", "</style>"]),
            any in proptest::prelude::any::<String>(),
        ) {
            let text = || UntrustedText::from(format!("{hostile}{any}"));
            let record = Record {
                coin: text(), network: Some(text()), address: Some(text()), also_address: Some(text()), memo: Some(text()),
                txid: Some(text()), fee_coin: Some(text()), status: Status::Other(text()), amount: "1".parse().ok(),
                fee: "1".parse().ok(), ..Record::bare(Kind::OtherOut(text()), text(), "X")
            };
            let page = format!("https://explorer.example/{hostile}");
            let receipt = Receipt::of(&record, ReceiptFacts { page: Some(page), ..facts(&record) }, Lang::En);
            assert_is_harmless(&receipt.html(), 1);
            let shown = receipt.text();
            proptest::prop_assert!(shown.lines().all(|line| !line.chars().any(crate::domain::text::is_dangerous)));
        }
    }
}
