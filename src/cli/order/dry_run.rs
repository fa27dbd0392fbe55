//! A dry run's result: the request as it would be sent, byte for byte.

use super::context::CommandContext;
use crate::cli::failure::{End, Failure, MACHINE};
use crate::domain::{Request, UntrustedText};
use crate::engine::output::table::Column;
use crate::engine::output::{Cell, Format, Listed, Object, print};
use crate::exchange::MoneyCall;

/// The request as it would be sent.
struct Unsent {
    url: String,
    body: String,
}

impl Listed for Unsent {
    const KEYS: &'static [&'static str] = &["method", "url", "body"];
    const COLUMNS: &'static [Column] = &[];

    fn object(&self) -> Object {
        vec![
            ("method", Cell::Word("POST".to_owned())),
            ("url", Cell::Word(self.url.clone())),
            ("body", Cell::Text(UntrustedText::from(self.body.as_str()))),
        ]
    }

    fn lines(&self) -> Vec<Vec<Cell>> {
        Vec::new()
    }
}

/// Prints what would be sent, byte for byte, and sends nothing.
///
/// # Errors
/// The request has no wire form, or standard output is gone.
pub fn dry_run(context: &mut CommandContext<'_>, request: &Request, format: Format) -> Result<(), End> {
    let lang = context.lang;
    let call = MoneyCall::of(request).map_err(|problem| Failure::of_read(&problem, lang))?;
    let url = call.url(context.client.base());
    let body = String::from_utf8(call.body)
        .map_err(|why| Failure::new(lang, MACHINE, "cli.output", "cli.output_next", &[("why", &why.to_string())]))?;
    match format {
        Format::Table => writeln!(context.out, "POST {url}\n{body}")?,
        other => print(&[Unsent { url, body }], other, lang, context.out)?,
    }
    context.out.flush()?;
    context.say(lang.t("cli.order.dry_run"));
    Ok(())
}
