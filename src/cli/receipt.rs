//! `receipt`: what is known of one payment, as text or as a page to print. The exchange is asked about this record alone.

use std::path::PathBuf;

use clap::Args;
use clap::builder::NonEmptyStringValueParser;

use super::export::{exists, not_written};
use super::failure::{BAD_INPUT, End, Failure};
use super::one_of;
use super::read::{Streams, marked};
use crate::domain::explorer::Explorers;
use crate::domain::locale::Lang;
use crate::domain::record::SAME_ID;
use crate::domain::{IncomingFilter, Kind, OutgoingFilter, Record, UntrustedText, line};
use crate::engine::export::receipt::{Receipt, ReceiptFacts};
use crate::engine::export::write_file;
use crate::exchange::Client;
use crate::platform::clock;

/// No id of the exchange's is longer, in characters.
const LONGEST_ID: usize = 128;

/// `receipt`
#[derive(Debug, Clone, Args)]
pub struct ReceiptArgs {
    /// The exchange's id of the deposit, withdrawal or transfer
    #[arg(value_parser = NonEmptyStringValueParser::new())]
    pub id: String,
    /// Which kind of record, where several bear the id
    #[arg(long, value_parser = one_of::<ReceiptKind>())]
    pub kind: Option<ReceiptKind>,
    /// Form of the receipt; html is a page of its own that prints on one sheet
    #[arg(long, value_name = "FORM", default_value = "text", value_parser = one_of::<ReceiptForm>())]
    pub output: ReceiptForm,
    /// File to write, as a whole; one that is there is left alone (see --replace). Without it: standard output
    #[arg(long, value_name = "FILE")]
    pub to: Option<PathBuf>,
    /// Let the file take the place of one that is there
    #[arg(long, requires = "to")]
    pub replace: bool,
}

/// What a receipt is written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::EnumString, strum::VariantNames)]
#[strum(serialize_all = "lowercase")]
pub enum ReceiptForm {
    /// Lines.
    Text,
    /// A page.
    Html,
}

/// A kind of record that a payment has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::EnumString, strum::VariantNames)]
#[strum(serialize_all = "snake_case")]
#[expect(missing_docs, reason = "each is the kind of record of its name")]
pub enum ReceiptKind {
    Deposit,
    Withdrawal,
    TransferIn,
    TransferOut,
}

impl ReceiptKind {
    const fn kind(self) -> Kind {
        match self {
            Self::Deposit => Kind::Deposit,
            Self::Withdrawal => Kind::Withdrawal,
            Self::TransferIn => Kind::TransferIn,
            Self::TransferOut => Kind::TransferOut,
        }
    }
}

/// `receipt`
///
/// # Errors
/// An [`End`]; then nothing was written.
pub async fn receipt(
    args: &ReceiptArgs,
    client: &Client,
    (explorers, is_demo): (&Explorers, bool),
    streams: &mut Streams<'_>,
) -> Result<(), End> {
    let lang = streams.lang;
    let to = args.to.as_ref().filter(|path| path.as_os_str() != "-");
    if let Some(path) = to.filter(|path| path.exists() && !args.replace) {
        return Err(exists(path, lang).into());
    }
    if let Err(fault) = line::check_word(&args.id, LONGEST_ID) {
        let values = [("option", "ID"), ("what", &*fault.words(lang))];
        return Err(Failure::new(lang, BAD_INPUT, "cli.order.id", "cli.order.id_next", &values).into());
    }
    let id = UntrustedText::from(args.id.as_str());
    let mut listed = of_id(&id, client, lang).await?;
    let wanted = args.kind.map(ReceiptKind::kind);
    let is_wanted = |record: &Record| wanted.as_ref().is_none_or(|kind| *kind == record.key.kind);
    listed.retain(is_wanted);
    let is_listed = !listed.is_empty();
    if !is_listed {
        // The exchange does not show all of what it once did; the ledger keeps it.
        let held = streams.ledger.as_ref().and_then(|ledger| ledger.records_with_id(id.raw()).ok());
        listed = held.into_iter().flatten().filter(|record| !record.key.kind.is_move() && is_wanted(record)).collect();
    }
    let fail = |cause: &'static str, next: &'static str, kinds: &str| {
        let values = [("id", &*id.shown()), ("kinds", kinds)];
        Err(End::Failure(Failure::new(lang, BAD_INPUT, cause, next, &values)))
    };
    let record = match listed.as_slice() {
        [record] => record,
        [] => return fail("cli.receipt.none", "cli.receipt.none_next", ""),
        several => {
            let kinds: Vec<String> =
                several.iter().map(|record| UntrustedText::from(record.key.kind.word()).excerpt(LONGEST_ID)).collect();
            return fail("cli.receipt.several", "cli.receipt.several_next", &kinds.join(lang.t("list.join")));
        }
    };
    let ledger = streams.ledger.as_ref();
    let doubt = marked(&listed, ledger, streams.labels).into_iter().find_map(|listed| listed.conflict);
    if doubt.as_ref().is_some_and(|doubt| doubt.raw() == SAME_ID) {
        return fail("cli.receipt.doubted", "cli.receipt.doubted_next", "");
    }
    let facts = ledger.and_then(|ledger| ledger.record_facts().ok()).unwrap_or_default();
    let place = record.network.as_ref().zip(record.txid.as_ref());
    let facts = ReceiptFacts {
        charge: facts.charge(record),
        doubt,
        page: place.and_then(|(network, txid)| explorers.page(network, txid)),
        is_listed,
        is_demo,
        written: clock::now(),
    };
    let receipt = Receipt::of(record, facts, lang);
    let bytes = match args.output {
        ReceiptForm::Text => receipt.text(),
        ReceiptForm::Html => receipt.html(),
    };
    let Some(path) = to else {
        streams.out.write_all(bytes.as_bytes())?;
        return Ok(streams.out.flush()?);
    };
    let written = write_file(path, bytes.as_bytes(), args.replace);
    written.map_err(|why| match why.kind() {
        std::io::ErrorKind::AlreadyExists => exists(path, lang),
        _ => not_written(path, &why, lang),
    })?;
    streams
        .note(&lang.fill("cli.receipt.done", &[("place", &UntrustedText::from(path.display().to_string()).shown())]));
    Ok(())
}

/// The records with this id, as the exchange lists them now.
async fn of_id(id: &UntrustedText, client: &Client, lang: Lang) -> Result<Vec<Record>, End> {
    let failed = |problem| End::Failure(Failure::of_read(&problem, lang));
    let outgoing = OutgoingFilter { id: Some(id.clone()), ..OutgoingFilter::default() };
    let incoming = IncomingFilter { id: Some(id.clone()), ..IncomingFilter::default() };
    let mut found = client.outgoing(&outgoing).await.map_err(failed)?;
    found.extend(client.incoming(&incoming).await.map_err(failed)?);
    found.retain(|record| record.key.id == *id);
    Ok(found)
}
