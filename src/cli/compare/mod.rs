//! `settei compare`: how near pictures and Ultra-Dense Poses are to the true ones.

mod table;

use super::Usage;
use super::report::Report;
use crate::events::{Compared, ComparedAll, ComparedKind, Event, Measured};
use crate::files;
use crate::measures::{FlipMap, Pair, PictureMeasures, Summary, UdpMeasures, Values};
use crate::memory;
use crate::picture::decode::{self, Budget, Rules};
use crate::picture::{Picture, formats};
use crate::progress::Progress as _;
use crate::udp::{Udp, UdpFormat};
use anyhow::{Context as _, Result, bail};
use clap::Args;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use table::Table;

/// Measure how near a picture or an Ultra-Dense Pose is to the true one
///
/// Give what was drawn, then the truth: two pictures, two Ultra-Dense Poses (.npz, .exr, 16-bit .png), or two folders,
/// whose files are paired by their names. Both must be of one size. Pictures are measured as seen on white paper, in
/// the box of the true figure (of all that is not transparent in the second picture).
///
/// PSNR, L1: colours. Edges: PSNR of lines and borders alone. SSIM, MS-SSIM: structure, at one scale and at five. GMSD:
/// how unevenly slopes differ. FLIP: what a viewer notices who flips between both. Lines: how far lines are from lines,
/// in hundred thousandths of the diagonal. Alpha, outline: the silhouette.
#[derive(Args)]
#[command(after_help = "Examples:\n  settei compare painted/walk.png truth/walk.png --heat where.png\n  \
                        settei compare painted truth\n  \
                        settei compare detected/front.udp.npz my-sheet/front.udp.npz")]
pub(super) struct Compare {
    /// What was drawn or found: a picture, an Ultra-Dense Pose, or a folder of them
    drawn: PathBuf,
    /// The truth
    truth: PathBuf,
    /// Measure the whole pictures, not only the figure's box
    #[arg(long)]
    whole: bool,
    /// Also write a picture of what a viewer notices: black nothing, over violet, red and orange to pale yellow
    #[arg(long, value_name = "FILE.png")]
    heat: Option<PathBuf>,
    /// What the files are, where 16-bit PNGs are drawings [default: told by what is in them]
    #[arg(long = "as", value_name = "KIND", value_enum)]
    kind: Option<ComparedKind>,
}

/// What pictures take while they are measured, in bytes a pixel.
const PIXEL_BYTES: u64 = 256;
/// Asking for free memory costs as much as a small picture does.
const SMALL_PIXELS: u64 = 1 << 20;

impl Compare {
    pub(super) fn run(&self, report: &Report) -> Result<()> {
        match (is_folder(&self.drawn)?, is_folder(&self.truth)?) {
            (false, false) => self.files(report),
            (true, true) => self.folders(report),
            _ => Err(Usage("one is a folder and the other is not: give two files or two folders".into()).into()),
        }
    }

    fn files(&self, report: &Report) -> Result<()> {
        let kind = self.kind(&self.drawn, &self.truth)?;
        if self.heat.is_some() && kind == ComparedKind::Udp {
            return Err(Usage(
                "--heat shows what a viewer notices in pictures, and these are Ultra-Dense Poses".into(),
            )
            .into());
        }
        report.stage("comparing", 1);
        let (compared, map) = self.pair(kind, &self.drawn, &self.truth, report)?;
        if let Measured::Picture { box_px: [left, top, width, height], .. } = compared.measured {
            report.say(format_args!("measured in {width}×{height} pixels from {left},{top}, on white"));
        }
        Table::new(kind, 0).list(&compared.measured).iter().for_each(|line| report.say(line));
        report.event(|| Event::Compared(compared));
        if let (Some(path), Some(map)) = (&self.heat, map) {
            map.heat().save_png(path).with_context(|| format!("can't write {}", path.display()))?;
            report.wrote(path);
        }
        Ok(())
    }

    fn folders(&self, report: &Report) -> Result<()> {
        if self.heat.is_some() {
            return Err(Usage("--heat is of one pair: give two pictures".into()).into());
        }
        let (drawn, mut truth) = (within(&self.drawn)?, within(&self.truth)?);
        let (mut pairs, mut alone) = (vec![], vec![]);
        for (name, path) in drawn {
            match truth.remove(&name) {
                Some(true_one) => pairs.push((self.kind(&path, &true_one)?, name, path, true_one)),
                None => alone.push(path),
            }
        }
        alone.extend(truth.into_values());
        for path in &alone {
            report.warn(format_args!("{} has no partner of its name in the other folder", path.display()));
        }
        if pairs.is_empty() {
            let [drawn, truth] = [&self.drawn, &self.truth].map(|path| path.display());
            bail!("no file in {drawn} has a partner in {truth}; give both pictures of a pair the same name");
        }
        report.stage("comparing", pairs.len() as u64);
        for kind in [ComparedKind::Picture, ComparedKind::Udp] {
            let pairs: Vec<_> = pairs.iter().filter(|(of, ..)| *of == kind).collect();
            let name = |name: &OsString| name.to_string_lossy().into_owned();
            let longest = pairs.iter().map(|(_, of, ..)| name(of).chars().count()).max();
            let Some(longest) = longest else { continue };
            let table = Table::new(kind, longest);
            report.say(table.head());
            let (mut all, mut coarse): (Vec<Values>, usize) = (vec![], 0);
            for (_, of, drawn, truth) in &pairs {
                report.go_on()?;
                let (compared, _) = self.pair(kind, drawn, truth, report)?;
                let values = table::values(&compared.measured);
                report.say(table.row(&name(of), &values));
                coarse += usize::from(table::is_coarse(&compared.measured));
                all.push(values);
                report.event(|| Event::Compared(compared));
                report.advance(1);
            }
            let measures = Summary::of_all(&all);
            table.foot(&measures, pairs.len()).iter().for_each(|line| report.say(line));
            if coarse > 0 {
                report.say(format_args!("MS-SSIM of {coarse} is by four scales: less than 161 pixels one way"));
            }
            report.event(|| Event::ComparedAll(ComparedAll { kind, pairs: pairs.len(), measures }));
        }
        Ok(())
    }

    /// What both files are.
    fn kind(&self, drawn: &Path, truth: &Path) -> Result<ComparedKind> {
        if let Some(kind) = self.kind {
            return Ok(kind);
        }
        let kinds = [kind_of(drawn)?, kind_of(truth)?];
        if kinds[0] == kinds[1] {
            return Ok(kinds[0]);
        }
        let what = |kind, path: &Path| match kind {
            ComparedKind::Picture => format!("{} is a picture", path.display()),
            ComparedKind::Udp => format!("{} an Ultra-Dense Pose", path.display()),
        };
        let told = match kinds[0] {
            ComparedKind::Picture => format!("{} and {}", what(kinds[0], drawn), what(kinds[1], truth)),
            ComparedKind::Udp => format!("{} and {}", what(kinds[1], truth), what(kinds[0], drawn)),
        };
        Err(Usage(format!("{told}: give two of a kind, or say what 16-bit PNGs are with --as picture")).into())
    }

    /// Measures a pair; of pictures also what a viewer notices.
    fn pair(
        &self,
        kind: ComparedKind,
        drawn: &Path,
        truth: &Path,
        report: &Report,
    ) -> Result<(Compared, Option<FlipMap>)> {
        let both = || format!("can't compare {} with {}", drawn.display(), truth.display());
        let (measured, map) = match kind {
            ComparedKind::Udp => {
                let measures = UdpMeasures::of(&Udp::load(drawn)?, &Udp::load(truth)?).with_context(both)?;
                (Measured::Udp { measures }, None)
            }
            ComparedKind::Picture => {
                let pictures = [picture(drawn, report)?, picture(truth, report)?];
                must_have_room(&pictures[1]).with_context(both)?;
                let of = if self.whole { Pair::whole } else { Pair::in_figure_box };
                let pair = of(&pictures[0], &pictures[1]).with_context(both)?;
                let (measures, map) = PictureMeasures::of(&pair);
                let region = pair.region();
                let box_px = [region.left_px, region.top_px, region.width_px, region.height_px];
                (Measured::Picture { box_px, measures }, Some(map))
            }
        };
        let [drawn, truth] = [drawn, truth].map(|path| path.display().to_string());
        Ok((Compared { drawn, truth, measured }, map))
    }
}

fn is_folder(path: &Path) -> Result<bool> {
    let metadata = std::fs::metadata(path).with_context(|| format!("can't read {}", path.display()))?;
    Ok(metadata.is_dir())
}

/// What a file is, by how it begins.
fn kind_of(path: &Path) -> Result<ComparedKind> {
    let mut start = vec![];
    let read = files::open(path).and_then(|file| file.take(64).read_to_end(&mut start));
    read.with_context(|| format!("can't read {}", path.display()))?;
    Ok(if UdpFormat::by_content(&start).is_some() { ComparedKind::Udp } else { ComparedKind::Picture })
}

/// What a folder holds that can be compared, by name; neither hidden files nor those in its folders.
fn within(folder: &Path) -> Result<BTreeMap<OsString, PathBuf>> {
    let read = || -> std::io::Result<Vec<PathBuf>> {
        std::fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path())).collect()
    };
    let paths = read().with_context(|| format!("can't read {}", folder.display()))?;
    let named = paths.into_iter().filter_map(|path| Some((path.file_name()?.to_owned(), path)));
    let compared = |(name, path): &(OsString, PathBuf)| {
        let known = UdpFormat::of(path).is_some() || formats::by_name(path).is_some();
        known && path.is_file() && !name.to_string_lossy().starts_with('.')
    };
    Ok(named.filter(compared).collect())
}

fn picture(path: &Path, report: &Report) -> Result<Picture> {
    let unusable = || format!("{} can't be used", path.display());
    let bytes = files::read(path, decode::MAX_FILE_BYTES).with_context(|| format!("can't read {}", path.display()))?;
    let decoded = decode::decode(&bytes, path, Rules::DRAWING, &Budget::for_one()).with_context(unusable)?;
    for note in &decoded.notes {
        report.warn(format_args!("{} {note}", path.display()));
    }
    Ok(decoded.picture)
}

/// Refuses pictures that would not fit the memory at hand while they are measured.
fn must_have_room(picture: &Picture) -> Result<()> {
    let pixels = picture.pixels.len() as u64;
    if pixels > SMALL_PIXELS {
        let (needed, left) = (pixels * PIXEL_BYTES, memory::available());
        if needed > left {
            bail!("it takes {} MiB of memory, and {} MiB are left; scale both down alike", needed >> 20, left >> 20);
        }
    }
    Ok(())
}
