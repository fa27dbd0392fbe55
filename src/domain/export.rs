//! The forms that the history can be exported in.

/// A form of the exported history.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Default,
    strum::EnumString,
    strum::VariantNames,
    strum::EnumIter,
    strum::IntoStaticStr,
)]
#[strum(serialize_all = "snake_case")]
pub enum ExportFormat {
    /// RFC 4180, every field.
    #[default]
    Csv,
    /// An array of objects.
    Json,
    /// An object on each line.
    Ndjson,
    /// The universal layout of Koinly.
    Koinly,
    /// The layout of `CoinTracker`.
    Cointracker,
    /// CSV whose long numbers a spreadsheet takes as they are.
    Spreadsheet,
    /// A journal of hledger.
    Hledger,
    /// A journal of beancount.
    Beancount,
}

impl ExportFormat {
    /// True for the layouts of tools for taxes and books, which know payments and nothing else.
    pub const fn is_of_payments(self) -> bool {
        matches!(self, Self::Koinly | Self::Cointracker | Self::Hledger | Self::Beancount)
    }

    /// What the name of a file of this form ends with.
    pub const fn ending(self) -> &'static str {
        match self {
            Self::Csv | Self::Koinly | Self::Cointracker | Self::Spreadsheet => "csv",
            Self::Hledger => "journal",
            Self::Beancount => "beancount",
            Self::Json => "json",
            Self::Ndjson => "ndjson",
        }
    }
}
