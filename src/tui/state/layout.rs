//! Which part of the screen is where: a pure function of the size and of what must be shown.
//!
//! Keys, the mouse and drawing all ask here, so that what a key does never depends on what was drawn last.

use ratatui::layout::{Rect, Size};

/// Below this, nothing but the essentials of one column fits.
const SMALL: Size = Size { width: 60, height: 15 };
/// Below this, the tables are not drawn at all.
const LEAST: Size = Size { width: 20, height: 5 };
/// From this width on, the detail stands beside the table.
const WIDE: u16 = 120;
/// Least and greatest width of the detail beside the table; between them it is three tenths of the screen.
const SIDE: (u16, u16) = (39, 46);
/// Columns of a form at the most where something stands beside it, and of what stands there: least and greatest.
const FORM: u16 = 90;
/// See [`FORM`].
const BESIDE: (u16, u16) = (43, 64);
/// From this height on, a third line of banner is worth its place.
const TALL: u16 = 20;

/// The regions of the screen; an absent one has no area.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Layout {
    /// The whole screen.
    pub whole: Rect,
    /// True when there is no room for a table: `whole` says so and nothing else is drawn.
    pub too_small: bool,
    /// True when only the essentials fit.
    pub small: bool,
    /// Whose account, how much.
    pub header: Rect,
    /// Tabs on the left, the state of the connection on the right.
    pub tabs: Rect,
    /// A rule below the tabs.
    pub rule: Rect,
    /// What stays until it is acted on.
    pub banner: Rect,
    /// Everything between the tabs and the keys: for what covers the table.
    pub page: Rect,
    /// Below the tabs and one line of banner, down to the keys: for forms and what follows them.
    pub dialog: Rect,
    /// The names of the columns.
    pub head: Rect,
    /// The rows.
    pub rows: Rect,
    /// The lines of sums: the futures side, and the total below it.
    pub totals: Rect,
    /// Every field of the selected row: beside the table, or over it when it has the keys on a narrow screen.
    pub detail: Rect,
    /// Filter, count and news.
    pub status: Rect,
    /// Keys.
    pub footer: Rect,
}

impl Layout {
    /// Cuts the screen. `banners` lines of banner are wanted; `sums` lines of sums, the total the last of them; `detail`
    /// whether the detail has the keys.
    pub fn new(size: Size, banners: u16, sums: usize, detail: bool) -> Self {
        let whole = Rect::new(0, 0, size.width, size.height);
        if size.width < LEAST.width || size.height < LEAST.height {
            return Self { whole, too_small: true, small: true, ..Self::default() };
        }
        let small = size.width < SMALL.width || size.height < SMALL.height;
        let mut rest = whole;
        let mut top = |lines: u16| {
            let lines = lines.min(rest.height);
            let cut = Rect { height: lines, ..rest };
            rest.y += lines;
            rest.height -= lines;
            cut
        };
        let header = top(1);
        let tabs = top(1);
        let page = Rect { height: page_height(whole, header, tabs), y: tabs.bottom(), ..whole };
        let first_banner = banners.min(1).min(u16::from(size.height > 8));
        let dialog_top = tabs.bottom() + first_banner;
        let dialog = Rect { y: dialog_top, height: (whole.height - 1).saturating_sub(dialog_top), ..whole };
        let rule = top(u16::from(!small));
        let most = if small { u16::from(size.height > 8) } else { 2 + u16::from(size.height >= TALL) };
        let banner = top(banners.min(most));
        let mut bottom = |lines: u16| {
            let lines = lines.min(rest.height);
            rest.height -= lines;
            Rect { y: rest.bottom(), height: lines, ..rest }
        };
        let footer = bottom(1);
        let status = bottom(u16::from(size.height > 6));
        let mut detail_area = Rect::default();
        if detail && size.width < WIDE {
            detail_area = rest;
        } else if size.width >= WIDE && !small {
            let aside = (size.width * 3 / 10).clamp(SIDE.0, SIDE.1);
            detail_area = Rect { x: rest.right() - aside, width: aside, ..rest };
            // A column of air between the two.
            rest.width -= aside + 1;
        }
        let head = Rect { height: rest.height.min(1), ..rest };
        rest.y += head.height;
        rest.height -= head.height;
        // The total first of all, the lines above it only where the rows keep their place.
        let least = if small { rest.height } else { 6 };
        let room = if rest.height > 3 { 1 + rest.height.saturating_sub(1 + least) } else { 0 };
        let sums = u16::try_from(sums).unwrap_or(u16::MAX).min(room);
        rest.height -= sums;
        let totals = Rect { y: rest.bottom(), height: sums, ..rest };
        Self {
            whole,
            too_small: false,
            small,
            header,
            tabs,
            rule,
            banner,
            page,
            dialog,
            head,
            rows: rest,
            totals,
            detail: detail_area,
            status,
            footer,
        }
    }

    /// A form, and what it means beside it; the second has no area where the screen is not wide. They share a line.
    pub fn form(&self) -> (Rect, Rect) {
        let all = self.dialog;
        if self.small || all.width < WIDE {
            return (all, Rect::default());
        }
        let form = Rect { width: (all.width + 1 - BESIDE.0).min(FORM), ..all };
        let x = form.right() - 1;
        (form, Rect { x, width: (all.right() - x).min(BESIDE.1), ..all })
    }

    /// What covers tables and banners with the lines around them left in sight: between the rule and the line of news.
    pub const fn body(&self) -> Rect {
        let y = self.rule.bottom();
        Rect { x: self.whole.x, y, width: self.whole.width, height: self.status.y.saturating_sub(y) }
    }

    /// The lines of a list on such a page: below its title and its search.
    pub const fn choices(&self) -> Rect {
        let body = self.body();
        let head = if body.height > 6 { 3 } else { 1 };
        Rect { y: body.y + head, height: body.height.saturating_sub(head), ..body }
    }

    /// The same screen while something is on top of the tables: one line of banner right below the tabs, and no rule.
    #[must_use]
    pub const fn under_dialog(mut self) -> Self {
        self.rule = Rect { height: 0, ..self.rule };
        self.banner = Rect {
            y: self.tabs.y + self.tabs.height,
            height: self.dialog.y - self.tabs.y - self.tabs.height,
            ..self.banner
        };
        self
    }

    /// True when the detail stands beside the table.
    pub const fn is_wide(&self) -> bool {
        self.detail.width > 0 && self.detail.x > self.rows.x
    }
}

/// Lines between the tabs and the line of keys.
const fn page_height(whole: Rect, header: Rect, tabs: Rect) -> u16 {
    whole.height - header.height - tabs.height - 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn regions_never_overlap_and_stay_on_the_screen(w in 0_u16..300, h in 0_u16..120, banners in 0_u16..7, sums in 0_usize..6, detail: bool) {
            let l = Layout::new(Size::new(w, h), banners, sums, detail);
            let mut regions = vec![l.header, l.tabs, l.rule, l.banner, l.status, l.footer];
            if l.is_wide() || !detail {
                regions.extend([l.head, l.rows, l.totals]);
            }
            regions.push(l.detail);
            for (i, a) in regions.iter().enumerate() {
                prop_assert!(a.area() == 0 || l.whole.contains((a.x, a.y).into()));
                prop_assert!(a.right() <= w && a.bottom() <= h);
                for b in &regions[i + 1..] {
                    prop_assert!(a.intersection(*b).area() == 0, "{:?} {:?}", a, b);
                }
            }
            prop_assert!(l.too_small || l.rows.height > 0);
            prop_assert!(l.page.intersection(l.tabs).area() == 0 && l.page.intersection(l.footer).area() == 0);
            prop_assert!(l.too_small || l.page.bottom() == l.footer.y);
            let (form, beside) = l.form();
            prop_assert!(form.intersection(l.dialog) == form && (beside.area() == 0 || beside.intersection(l.dialog) == beside));
            prop_assert!(beside.area() == 0 || form.width <= FORM && beside.x + 1 == form.right());
            let m = l.under_dialog();
            prop_assert!(l.too_small || m.dialog.bottom() == l.footer.y);
            prop_assert!(m.dialog.intersection(m.banner).area() == 0 && m.dialog.intersection(m.tabs).area() == 0);
            prop_assert!(m.banner.intersection(m.tabs).area() == 0 && m.banner.bottom() <= h);
        }
    }
}
