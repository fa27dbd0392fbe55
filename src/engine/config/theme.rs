//! What a meaning looks like: roles and the themes in `assets/themes` that give each role a style.
//!
//! Drawing names roles, never colours. No meaning may hang on a colour alone: the theme `none` has no colours at all.

use std::str::FromStr;

use ratatui::style::{Color, Modifier, Style};
use serde::Deserialize;
use strum::{EnumCount as _, IntoEnumIterator as _};

/// A meaning that a style serves.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    strum::EnumCount,
    strum::EnumIter,
    strum::EnumString,
    strum::IntoStaticStr,
    strum::Display,
)]
#[strum(serialize_all = "snake_case")]
pub enum Role {
    /// What is read.
    Text,
    /// What is read last.
    Muted,
    /// Where the user is.
    Accent,
    /// What went well or came in.
    Gain,
    /// What waits for something.
    Warning,
    /// What failed.
    Danger,
    /// The selected row.
    Selected,
    /// The names of columns and groups.
    Header,
    /// Lines that separate.
    Rule,
    /// A key in the footer and in the help.
    Key,
    /// The word for an account without real money.
    Demo,
    /// The word for an account with real money.
    Live,
    /// The word for a run that cannot move money.
    ReadOnly,
    /// A line that waits for the user.
    BannerWarning,
    /// A line about something that stopped.
    BannerDanger,
}

/// What a terminal draws on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Background {
    /// Rather black.
    Dark,
    /// Rather white.
    Light,
}

impl Background {
    /// From a colour as terminals answer it: `rgb:` and three parts of one to four hexadecimal digits, `rgba:` and four, or `#`
    /// and six digits.
    pub fn of_answer(answer: &str) -> Option<Self> {
        let parts: Vec<&str> = match answer.split_once(':') {
            Some(("rgb", parts)) => Some(parts.split('/').collect()).filter(|parts: &Vec<_>| parts.len() == 3)?,
            Some(("rgba", parts)) => Some(parts.split('/').collect()).filter(|parts: &Vec<_>| parts.len() == 4)?,
            Some(_) => return None,
            None => {
                let digits = answer.strip_prefix('#').filter(|digits| digits.len() == 6 && digits.is_ascii())?;
                vec![&digits[..2], &digits[2..4], &digits[4..]]
            }
        };
        // In thousandths of the most that so many digits can say.
        let share = |digits: &&str| {
            let is_number = (1..=4).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_hexdigit());
            let value = u32::from_str_radix(digits, 16).ok().filter(|_| is_number)?;
            Some(value * 1_000 / ((1 << (4 * digits.len())) - 1))
        };
        let shares: Vec<u32> = parts.iter().map(share).collect::<Option<_>>()?;
        // How bright the eye finds red, green and blue (ITU-R BT.601).
        let bright: u32 = shares.iter().zip([299, 587, 114]).map(|(share, weight)| share * weight).sum();
        Some(if bright > 500_000 { Self::Light } else { Self::Dark })
    }
}

/// A style for every role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Theme {
    styles: [Style; Role::COUNT],
}

/// Why a text is not a theme.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ThemeError {
    /// Not TOML of the right form; the parser's words.
    #[error("{0}")]
    Form(String),
    /// A name that is not a role.
    #[error("no such role: {0}")]
    UnknownRole(String),
    /// A role without a style.
    #[error("the role {0} is missing")]
    MissingRole(Role),
    /// A colour that is not one of the terminal's sixteen.
    #[error("no such colour: {0}")]
    UnknownColour(String),
    /// A word after `with` that is not a way to write.
    #[error("no such way to write: {0}")]
    UnknownModifier(String),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Look {
    fg: Option<String>,
    bg: Option<String>,
    #[serde(default)]
    with: Vec<String>,
}

impl Theme {
    /// The themes that come with the program.
    pub const NAMES: [&'static str; 4] = ["dark", "light", "high-contrast", "none"];

    /// A theme that comes with the program; `None` for any other name.
    pub fn named(name: &str) -> Option<Self> {
        let source = match name {
            "dark" => include_str!("../../../assets/themes/dark.toml"),
            "light" => include_str!("../../../assets/themes/light.toml"),
            "high-contrast" => include_str!("../../../assets/themes/high-contrast.toml"),
            "none" => include_str!("../../../assets/themes/none.toml"),
            _ => return None,
        };
        Self::parse(source).ok()
    }

    /// The theme `auto`: without colours where `NO_COLOR` is set and not empty (<https://no-color.org>), else what goes with the
    /// background that the terminal answered or tells of in `COLORFGBG`; dark where it does neither.
    pub fn auto(answered: Option<Background>, get: impl Fn(&str) -> Option<String>) -> Self {
        let is_light = match answered {
            Some(background) => background == Background::Light,
            None => get("COLORFGBG").is_some_and(|v| matches!(v.rsplit(';').next(), Some("7" | "15"))),
        };
        let name = if get("NO_COLOR").is_some_and(|v| !v.is_empty()) {
            "none"
        } else if is_light {
            "light"
        } else {
            "dark"
        };
        Self::named(name).unwrap_or_default()
    }

    /// Reads a theme: TOML with one line for each role, `role = { fg = "cyan", bg = "black", with = ["bold"] }`.
    ///
    /// # Errors
    /// When a role is missing or unknown, or a colour is not one of the sixteen names.
    pub fn parse(source: &str) -> Result<Self, ThemeError> {
        let looks: std::collections::BTreeMap<String, Look> =
            toml::from_str(source).map_err(|why| ThemeError::Form(why.to_string()))?;
        let mut found = [None; Role::COUNT];
        for (name, look) in &looks {
            let role = Role::from_str(name).map_err(|_| ThemeError::UnknownRole(name.clone()))?;
            found[role as usize] = Some(style(look)?);
        }
        let mut theme = Self::default();
        for role in Role::iter() {
            theme.styles[role as usize] = found[role as usize].ok_or(ThemeError::MissingRole(role))?;
        }
        Ok(theme)
    }

    /// True when it has no colours at all.
    pub fn is_plain(&self) -> bool {
        self.styles.iter().all(|style| style.fg.is_none() && style.bg.is_none())
    }

    /// The style of a role.
    pub const fn style(&self, role: Role) -> Style {
        self.styles[role as usize]
    }
}

impl Default for Theme {
    /// Every role as plain text.
    fn default() -> Self {
        Self { styles: [Style::new(); Role::COUNT] }
    }
}

fn style(look: &Look) -> Result<Style, ThemeError> {
    let mut style = Style::new();
    if let Some(name) = &look.fg {
        style = style.fg(colour(name)?);
    }
    if let Some(name) = &look.bg {
        style = style.bg(colour(name)?);
    }
    for word in &look.with {
        style = style.add_modifier(match word.as_str() {
            "bold" => Modifier::BOLD,
            "dim" => Modifier::DIM,
            "underlined" => Modifier::UNDERLINED,
            "reversed" => Modifier::REVERSED,
            _ => return Err(ThemeError::UnknownModifier(word.clone())),
        });
    }
    Ok(style)
}

/// The sixteen colours that every terminal has and every user can choose.
fn colour(name: &str) -> Result<Color, ThemeError> {
    Ok(match name {
        "black" => Color::Black,
        "red" => Color::Red,
        "green" => Color::Green,
        "yellow" => Color::Yellow,
        "blue" => Color::Blue,
        "magenta" => Color::Magenta,
        "cyan" => Color::Cyan,
        "gray" => Color::Gray,
        "dark_gray" => Color::DarkGray,
        "light_red" => Color::LightRed,
        "light_green" => Color::LightGreen,
        "light_yellow" => Color::LightYellow,
        "light_blue" => Color::LightBlue,
        "light_magenta" => Color::LightMagenta,
        "light_cyan" => Color::LightCyan,
        "white" => Color::White,
        _ => return Err(ThemeError::UnknownColour(name.to_owned())),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const NONE: &str = include_str!("../../../assets/themes/none.toml");

    #[test]
    fn every_theme_gives_every_role_a_style() {
        for name in Theme::NAMES {
            assert!(Theme::named(name).is_some(), "{name}");
        }
        assert_eq!(Theme::named("pink"), None);
        for source in [
            include_str!("../../../assets/themes/dark.toml"),
            include_str!("../../../assets/themes/light.toml"),
            include_str!("../../../assets/themes/high-contrast.toml"),
            NONE,
        ] {
            Theme::parse(source).unwrap();
        }
    }

    #[test]
    fn colourless_theme_still_tells_apart_what_matters() {
        let theme = Theme::named("none").unwrap();
        for role in Role::iter() {
            let style = theme.style(role);
            assert!(style.fg.is_none() && style.bg.is_none(), "{role}");
        }
        for role in [Role::Muted, Role::Accent, Role::Warning, Role::Danger, Role::Selected, Role::BannerWarning] {
            assert_ne!(theme.style(role), theme.style(Role::Text), "{role}");
        }
    }

    #[test]
    fn what_is_missing_or_misspelt_is_an_error() {
        let without = |line: &str| NONE.lines().filter(|l| !l.starts_with(line)).collect::<Vec<_>>().join("\n");
        assert_eq!(Theme::parse(&without("gain ")), Err(ThemeError::MissingRole(Role::Gain)));
        assert_eq!(Theme::parse(&format!("{NONE}\nfoo = {{}}")), Err(ThemeError::UnknownRole("foo".into())));
        let with = |look: &str| Theme::parse(&format!("{}\ngain = {look}", without("gain ")));
        assert_eq!(with("{ fg = \"#ff0000\" }"), Err(ThemeError::UnknownColour("#ff0000".into())));
        assert_eq!(with("{ with = [\"blink\"] }"), Err(ThemeError::UnknownModifier("blink".into())));
        assert!(matches!(with("{ foreground = \"red\" }"), Err(ThemeError::Form(_))));
        assert!(with("{}").is_ok());
    }

    #[test]
    fn no_color_wins_and_a_light_terminal_is_believed() {
        let with = |answered: Option<Background>, pairs: &'static [(&'static str, &'static str)]| {
            Theme::auto(answered, move |key| pairs.iter().find(|(k, _)| *k == key).map(|(_, v)| (*v).to_owned()))
        };
        let (dark, light) = (Some(Background::Dark), Some(Background::Light));
        assert_eq!(with(light, &[("NO_COLOR", "1"), ("COLORFGBG", "0;15")]), Theme::named("none").unwrap());
        assert_eq!(with(None, &[("NO_COLOR", "")]), Theme::named("dark").unwrap());
        assert_eq!(with(None, &[("COLORFGBG", "0;15")]), Theme::named("light").unwrap());
        assert_eq!(with(None, &[("COLORFGBG", "15;0")]), Theme::named("dark").unwrap());
        assert_eq!(with(light, &[("COLORFGBG", "15;0")]), Theme::named("light").unwrap());
        assert_eq!(with(dark, &[("COLORFGBG", "0;15")]), Theme::named("dark").unwrap());
    }

    #[test]
    fn high_contrast_names_no_colour_without_its_ground() {
        let theme = Theme::named("high-contrast").unwrap();
        for role in Role::iter() {
            let style = theme.style(role);
            assert_eq!(style.fg.is_some(), style.bg.is_some(), "{role}: readable on any background");
        }
        for frame in [Role::Accent, Role::Warning, Role::Danger, Role::Rule] {
            assert!(!theme.style(frame).add_modifier.contains(Modifier::UNDERLINED), "{frame}");
        }
    }
}
