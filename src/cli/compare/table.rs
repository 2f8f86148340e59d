//! Measures in words and columns.

use crate::events::{ComparedKind, Measured};
use crate::measures::{Summary, Values};

/// How a measure is shown.
struct Column {
    /// Its name in the room of measures.
    measure: &'static str,
    title: &'static str,
    decimals: usize,
    /// Where it has no value.
    absent: &'static str,
    /// Its unit, and which way is better.
    about: &'static str,
}

const fn column(
    measure: &'static str,
    title: &'static str,
    decimals: usize,
    absent: &'static str,
    about: &'static str,
) -> Column {
    Column { measure, title, decimals, absent, about }
}

/// Where there is no room for the measure's window.
const SMALL: &str = "small";
const EQUAL: &str = "equal";

const PICTURE: &[Column] = &[
    column("psnr_db", "PSNR", 2, EQUAL, "dB of colours, more is nearer"),
    column("edges_db", "edges", 2, EQUAL, "dB of lines and borders, more is nearer"),
    column("l1", "L1", 4, "", "mean difference of colours, 0 is equal"),
    column("ssim", "SSIM", 4, SMALL, "structure, 1 is equal"),
    column("ms_ssim", "MS-SSIM", 4, SMALL, "structure at five scales, 1 is equal"),
    column("gmsd", "GMSD", 4, SMALL, "unevenness of slopes, 0 is equal"),
    column("flip", "FLIP", 4, "", "what a viewer notices, 0 is nothing"),
    column("line_chamfer", "lines", 2, "", "distance of lines in hundred thousandths of the diagonal, 0 is equal"),
    column("alpha_l1", "alpha", 4, "", "mean difference of opacity, 0 is equal"),
    column("alpha_iou", "outline", 4, "", "overlap of the outlines, 1 is equal"),
];

/// Nothing is found where the figure is.
const NOWHERE: &str = "nowhere";

const UDP: &[Column] = &[
    column("l1_x", "x", 4, NOWHERE, "mean difference from left to right, 0 is equal"),
    column("l1_y", "y", 4, NOWHERE, "… from top to bottom"),
    column("l1_z", "z", 4, NOWHERE, "… from front to back"),
    column("within_02", "≤ .02", 4, "", "share of the figure that is this near on every axis, 1 is all"),
    column("within_05", "≤ .05", 4, "", "… and this near"),
    column("turned", "turned", 2, NOWHERE, "1 where front and back are confused"),
    column("mirrored", "mirrored", 2, NOWHERE, "1 where left and right are confused"),
    column("missed", "missed", 4, "", "share of the figure that is not found, 0 is nothing"),
    column("iou", "outline", 4, "", "overlap of the outlines, 1 is equal"),
];

/// Of the names, the least.
const NAMES: usize = 4;

/// The measures of one kind, below their titles or each on a line of its own.
pub(super) struct Table {
    columns: &'static [Column],
    /// Letters of the longest name.
    names: usize,
}

impl Table {
    pub(super) fn new(kind: ComparedKind, longest_name: usize) -> Self {
        let columns = match kind {
            ComparedKind::Picture => PICTURE,
            ComparedKind::Udp => UDP,
        };
        Self { columns, names: longest_name.max(NAMES) }
    }

    /// Titles.
    pub(super) fn head(&self) -> String {
        self.line("", |column| column.title.to_owned())
    }

    /// The measures of one pair.
    pub(super) fn row(&self, name: &str, values: &Values) -> String {
        self.line(name, |column| column.shown(column.of(values)))
    }

    /// Means and standard deviations, and of which measures some pairs have none.
    pub(super) fn foot(&self, all: &[Summary], pairs: usize) -> Vec<String> {
        let of = |column: &Column| all.iter().find(|summary| summary.measure == column.measure);
        let mean = self.line("mean", |column| column.shown(of(column).map(|summary| summary.mean)));
        let sd = self.line("sd", |column| match of(column).and_then(|summary| summary.sd) {
            Some(sd) => column.shown(Some(sd)),
            None => "–".to_owned(),
        });
        let fewer = self.columns.iter().filter_map(|column| {
            let have = of(column)?.pairs;
            (have < pairs).then(|| {
                format!("{}: the mean is over {have} of {pairs}, the others are {}", column.title, column.absent)
            })
        });
        [mean, sd].into_iter().chain(fewer).collect()
    }

    /// One pair, each measure with what it is.
    pub(super) fn list(&self, measured: &Measured) -> Vec<String> {
        let values = values(measured);
        let coarse = is_coarse(measured);
        let line = |column: &Column| {
            let about = match column.measure {
                "ms_ssim" if coarse => "structure at four scales (less than 161 pixels one way), 1 is equal",
                _ => column.about,
            };
            format!("  {:<8} {:>8}  {about}", column.title, column.shown(column.of(&values)))
        };
        self.columns.iter().map(line).collect()
    }

    fn line(&self, name: &str, cell: impl Fn(&Column) -> String) -> String {
        let cells = self.columns.iter().map(|column| format!(" {:>8}", cell(column)));
        format!("{name:<width$}{}", cells.collect::<String>(), width = self.names)
    }
}

impl Column {
    fn of(&self, values: &Values) -> Option<f64> {
        values.iter().find(|(measure, _)| *measure == self.measure).and_then(|(_, value)| *value)
    }

    fn shown(&self, value: Option<f64>) -> String {
        value.map_or_else(|| self.absent.to_owned(), |value| format!("{value:.*}", self.decimals))
    }
}

/// Each measure by name.
pub(super) fn values(measured: &Measured) -> Values {
    match measured {
        Measured::Picture { measures, .. } => measures.values(),
        Measured::Udp { measures } => measures.values(),
    }
}

/// MS-SSIM had room for four scales only.
pub(super) fn is_coarse(measured: &Measured) -> bool {
    match measured {
        Measured::Picture { measures, .. } => measures.ms_ssim.is_some_and(|several| several.scales < 5),
        Measured::Udp { .. } => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measures::{Pair, PictureMeasures, UdpMeasures};
    use crate::picture::Picture;
    use crate::udp::Udp;

    fn picture() -> Measured {
        let grey = Picture { width_px: 90, height_px: 90, pixels: vec![[90, 90, 90, 255]; 8100] };
        let pair = Pair::whole(&grey, &grey).unwrap();
        Measured::Picture { box_px: [0, 0, 90, 90], measures: PictureMeasures::of(&pair).0 }
    }

    fn udp() -> Measured {
        let udp = Udp { width_px: 1, height_px: 1, pixels: vec![[0.5, 0.5, 0.5, 1.0]] };
        Measured::Udp { measures: UdpMeasures::of(&udp, &udp).unwrap() }
    }

    #[test]
    fn every_measure_has_its_column_in_its_place() {
        for (measured, columns) in [(picture(), PICTURE), (udp(), UDP)] {
            let named: Vec<_> = values(&measured).into_iter().map(|(measure, _)| measure).collect();
            assert_eq!(named, columns.iter().map(|column| column.measure).collect::<Vec<_>>());
        }
    }

    #[test]
    fn equal_pictures_are_told_in_words() {
        let table = Table::new(ComparedKind::Picture, 0);
        let list = table.list(&picture());
        assert!(list[0].contains("PSNR") && list[0].contains("equal"), "{list:?}");
        assert!(list[4].contains("1.0000  structure at four scales"), "{list:?}");
        let rows = [table.head(), table.row("a", &values(&picture()))];
        assert_eq!(rows[0].chars().count(), rows[1].chars().count(), "{rows:#?}");
    }

    #[test]
    fn a_foot_says_whom_the_mean_is_over() {
        let table = Table::new(ComparedKind::Picture, 0);
        let some = vec![("psnr_db", Some(20.0)), ("l1", Some(0.25))];
        let all = Summary::of_all(&[some.clone(), vec![("psnr_db", None), ("l1", Some(0.75))]]);
        let foot = table.foot(&all, 2);
        assert!(foot[0].starts_with("mean    20.00") && foot[0].contains("0.5000"), "{foot:#?}");
        assert!(foot[1].starts_with("sd          –") && foot[1].contains("0.3536"), "{foot:#?}");
        assert_eq!(foot[2..], ["PSNR: the mean is over 1 of 2, the others are equal"]);
    }
}
