//! What a training was made of, for whoever gets its weights: a page of Markdown.

use super::findings::Findings;
use super::{Change, Found, Origin, RunEvent, RunFolder, Settings, State, Taught, TrainError};
use crate::figure::load;
use crate::files;
use crate::nn::kernels::Isa;
use serde::{Deserialize, Serialize};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// No figure that is learned from is larger.
const MAX_FIGURE_BYTES: u64 = 1 << 30;

/// A figure file that is learned from, as `figures.json` has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct FigureRecord {
    /// The file.
    pub path: PathBuf,
    /// Its length.
    pub bytes: u64,
    /// FNV-1a of its bytes, 64 bits.
    pub hash: String,
    /// What the file itself says of its use: `field: value`, or whoever gave it says.
    pub licence: Vec<String>,
    /// Uses that the file forbids.
    pub forbids: Vec<String>,
}

impl FigureRecord {
    /// Reads a figure; `said` is what is known of its licence besides.
    ///
    /// # Errors
    /// A file that can't be read or is no figure.
    pub fn of(path: &Path, said: Option<&str>) -> Result<Self, TrainError> {
        let figure = load::load(path)?;
        let bytes = files::read(path, MAX_FIGURE_BYTES).map_err(TrainError::reading(path))?;
        let authors = figure.licence.authors.iter().map(|author| format!("author: {author}"));
        let terms = figure.licence.terms.iter().map(|(field, value)| format!("{field}: {value}"));
        Ok(Self {
            path: path.to_owned(),
            bytes: bytes.len() as u64,
            hash: files::hash(&bytes),
            licence: said.map(str::to_owned).into_iter().chain(authors).chain(terms).collect(),
            forbids: figure.licence.forbids.clone(),
        })
    }
}

/// The machine at hand, in words.
pub(super) fn machine() -> String {
    let mut system = sysinfo::System::new();
    system.refresh_cpu_list(sysinfo::CpuRefreshKind::nothing());
    let brand = system.cpus().first().map(|cpu| cpu.brand().trim().to_owned()).unwrap_or_default();
    let threads = rayon::current_num_threads();
    format!("{brand}, {} {}, {threads} threads, {:?}", std::env::consts::OS, std::env::consts::ARCH, Isa::best())
}

/// The record of a state of a training that was exported as `weights`.
///
/// # Errors
/// A folder whose files can't be read.
pub(super) fn record(
    folder: &RunFolder,
    settings: &Settings,
    state: &State,
    weights: &Path,
) -> Result<String, TrainError> {
    let events = folder.events()?;
    let figures: Vec<FigureRecord> = folder.read_json("figures.json")?.unwrap_or_default();
    let step = state.progress.step;
    let mut page = String::new();
    // Writing to a string can't fail.
    let mut line = |text: String| {
        let _ = writeln!(page, "{text}");
    };
    let name = |path: &Path| path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    line(format!("# {}\n", name(weights)));
    line(format!(
        "{} \
         The averaged weights after {step} steps of learning, {} pictures, {:.2} hours.\n",
        match settings.graph {
            Taught::Detector =>
                "The detector of Settei (`fude`), which finds for each pixel of a drawing the place of the body that it shows.",
            Taught::Refiner =>
                "The refiner of Settei (`fude`), which looks at twice the size once more at what the detector found in a drawing.",
            Taught::Renderer =>
                "The renderer of Settei (`fude`), which paints a character of drawings in a pose from what landmark \
                 transfer proposes.",
            Taught::Sheet =>
                "Changes to the last layers of Settei's renderer (`fude`) for one character, learned from its drawings. They \
                 belong to the weights that are part of the program, and are switched on in a project.",
            Taught::Psgan =>
                "The generator of Settei's PSGAN (Hamada et al. 2018), which invents characters in poses that are asked for.",
            Taught::Pg2 =>
                "PG² (Ma et al. 2017) in a simple form, with which PSGAN is compared; no program paints with it.",
            Taught::Keypoints =>
                "What finds the twenty points of a body in a picture, to measure by; nothing else asks it.",
            Taught::Cinn =>
                "A renderer as the paper on CoNR has it (Lin et al. 2022), for its tables; no program paints with it.",
        },
        pictures(settings, step),
        state.progress.seconds / 3600.0
    ));
    match settings.from.as_ref().filter(|_| settings.graph != Taught::Sheet) {
        None => {}
        Some(Origin::Shipped) => line(format!(
            "They begin from the weights that are part of Settei {}, and know what those had learned.\n",
            env!("CARGO_PKG_VERSION")
        )),
        Some(Origin::File(path)) => {
            line(format!("They begin from `{}`, and know what that had learned.\n", name(path)))
        }
    }
    let mut machines: Vec<&str> = vec![];
    for event in &events {
        if let RunEvent::Started { machine, .. } = event
            && !machine.is_empty()
            && !machines.contains(&&**machine)
        {
            machines.push(machine);
        }
    }
    line(format!("Machine: {}\n", if machines.is_empty() { "not known".into() } else { machines.join("; ") }));
    line("## Data\n".into());
    if settings.graph == Taught::Sheet {
        line("The drawings in the training's folder; a quarter of all pictures shows generated characters.\n".into());
    }
    line(match (settings.graph, &settings.dataset) {
        (Taught::Psgan, Some(folder)) => format!("The data set `{}`, the half that is not held out.\n", name(folder)),
        (Taught::Psgan | Taught::Pg2 | Taught::Keypoints, None) => {
            "A cast of Settei's own generator, drawn while it was needed in poses cut from actions; one action in sixteen \
             was held out for measuring. Besides these, figures from files:\n"
                .into()
        }
        _ => {
            "Characters of Settei's own generator, drawn while they were needed; one list of shapes (hair, clothes, things \
             worn) in sixteen was held out for measuring. Besides these, a quarter of all views shows figures from files:\n"
                .into()
        }
    });
    if figures.is_empty() {
        line("none.\n".into());
    } else {
        line("| file | bytes | FNV-1a | licence |\n|---|---|---|---|".into());
        for figure in &figures {
            let licence = if figure.licence.is_empty() { "not stated".into() } else { figure.licence.join("; ") };
            line(format!("| {} | {} | {} | {licence} |", name(&figure.path), figure.bytes, figure.hash));
        }
        line(String::new());
    }
    line("## Measures while it learned\n".into());
    match settings.graph {
        Taught::Detector | Taught::Refiner => of_detector(&events, step).into_iter().for_each(&mut line),
        Taught::Renderer => of_renderer(&events, step).into_iter().for_each(&mut line),
        Taught::Sheet => of_sheet(&events, step).into_iter().for_each(&mut line),
        Taught::Psgan => of_psgan(&events, step).into_iter().for_each(&mut line),
        Taught::Cinn => of_cinn(&events, step).into_iter().for_each(&mut line),
        Taught::Pg2 | Taught::Keypoints => of_instrument(&events, step).into_iter().for_each(&mut line),
    }
    line(String::new());
    if let Some(found) = Findings::kept(folder, settings.graph, step)? {
        line(format!("## Measures of these weights\n\n{}\n\n{}", found.about(), found.table()));
    }
    line("## Again\n".into());
    let threads = settings.threads;
    // Where files lie is nobody's business.
    let detector = settings.detector.as_deref().map(|path| PathBuf::from(name(path)));
    let origin = settings.from.clone().map(|origin| match origin {
        Origin::File(path) => Origin::File(PathBuf::from(name(&path))),
        Origin::Shipped => Origin::Shipped,
    });
    let begun = match origin.as_ref().filter(|_| settings.graph != Taught::Sheet) {
        Some(origin) => format!("--from {origin} "),
        None => String::new(),
    };
    let found = detector.as_ref().map(|detector| format!("--detector {} ", detector.display())).unwrap_or_default();
    let (from, what) = match (settings.graph, &settings.dataset) {
        (Taught::Sheet, _) => ("sheet", "DRAWINGS"),
        (_, Some(_)) => ("new", "--dataset FOLDER"),
        _ => ("new", "--figures FOLDER"),
    };
    line(match settings.graph {
        Taught::Pg2 | Taught::Keypoints => "    settei experiment psgan --out EXPERIMENTS\n".into(),
        Taught::Cinn => {
            format!("    settei experiment row {} --seed {} --out EXPERIMENTS\n", settings.preset, settings.seed)
        }
        _ => format!(
            "    settei train {from} {what} --preset {} --seed {} --threads {threads} {found}{begun}--out RUN\n    settei train export RUN --out {}\n",
            settings.preset,
            settings.seed,
            name(weights)
        ),
    });
    line("with these settings in `RUN/settings.json`:\n".into());
    let dataset = settings.dataset.as_deref().map(|path| PathBuf::from(name(path)));
    let shown = Settings { figures: vec![], dataset, detector, from: origin, ..settings.clone() };
    line(format!("```json\n{}\n```", serde_json::to_string_pretty(&shown).unwrap_or_default()));
    Ok(page)
}

/// What a detector was measured to be until a step.
fn of_detector(events: &[RunEvent], step: u64) -> Vec<String> {
    let mut lines = vec![
        "Landmark error (mean distance along an axis, the body's box being 1), share turned round, outline; generated characters held out.\n".into(),
        "| step | nothing told | turned | view tag | turned | 1 click | 4 clicks | outline |\n|---|---|---|---|---|---|---|---|".into(),
    ];
    for event in events {
        let RunEvent::Measured { step: at, measured: Found::Detector(m), .. } = event else { continue };
        if *at <= step {
            lines.push(format!(
                "| {at} | {:.4} | {:.3} | {:.4} | {:.3} | {:.4} | {:.4} | {:.4} |",
                m.untold.landmark,
                m.untold.turned,
                m.tagged.landmark,
                m.tagged.turned,
                m.one_click.landmark,
                m.four_clicks.landmark,
                m.untold.outline
            ));
        }
    }
    lines
}

/// What a renderer was measured to be until a step.
fn of_renderer(events: &[RunEvent], step: u64) -> Vec<String> {
    let mut lines = vec![
        "PSNR in decibels over white in the figure's box; generated characters held out.\n".into(),
        "| step | UDPs | drawings | renderer | landmark transfer | nearest drawing |\n|---|---|---|---|---|---|".into(),
    ];
    for event in events {
        let RunEvent::Measured { step: at, measured: Found::Renderer(measured), .. } = event else { continue };
        let exact = measured.exact.iter().map(|m| ("exact", m));
        let detected = measured.detected.iter().flatten().map(|m| ("detected", m));
        for (udps, m) in exact.chain(detected).filter(|_| *at <= step) {
            let (views, renderer) = (m.views, m.renderer);
            lines.push(format!("| {at} | {udps} | {views} | {renderer:.2} | {:.2} | {:.2} |", m.transfer, m.nearest));
        }
    }
    lines
}

/// What was gained and lost until a step.
fn of_sheet(events: &[RunEvent], step: u64) -> Vec<String> {
    let mut lines = vec![
        "PSNR in decibels over white in the figure's box, before and with the changes: of what was kept out of the drawings, of \
         those learned from, and of other characters.\n"
            .into(),
        "| step | kept out | drawings | other characters |\n|---|---|---|---|".into(),
    ];
    for event in events {
        let RunEvent::Measured { step: at, measured: Found::Sheet(m), .. } = event else { continue };
        if *at <= step {
            let of = |change: Change| format!("{:.2} → {:.2}", change.before, change.now);
            lines.push(format!("| {at} | {} | {} | {} |", of(m.kept_out), of(m.learned), of(m.replay)));
        }
    }
    lines
}

/// What was invented until a step.
fn of_psgan(events: &[RunEvent], step: u64) -> Vec<String> {
    let mut lines = vec![
        "Sliced Wasserstein distance (Karras et al. 2018) to real pictures in the same poses, in thousandths; poses held out.\n"
            .into(),
        "| step | all scales | details | shapes (16²) |\n|---|---|---|---|".into(),
    ];
    for event in events {
        let RunEvent::Measured { step: at, measured: Found::Psgan(m), .. } = event else { continue };
        if *at <= step {
            lines.push(format!("| {at} | {:.1} | {:.1} | {:.1} |", m.distance, m.details, m.shapes));
        }
    }
    lines
}

/// What serves the experiments on PSGAN was measured to be until a step.
fn of_instrument(events: &[RunEvent], step: u64) -> Vec<String> {
    let measured = |event: &RunEvent| match event {
        RunEvent::Measured { step: at, measured, .. } if *at <= step => Some(format!("* {at}: {}", measured.words())),
        _ => None,
    };
    events.iter().filter_map(measured).collect()
}

/// What a renderer of the paper was measured to be until a step.
fn of_cinn(events: &[RunEvent], step: u64) -> Vec<String> {
    let mut lines = vec![
        "The mean difference of colours over the whole picture, and PSNR in decibels over white in the figure's box; generated \
         characters held out.\n"
            .into(),
        "| step | drawings | L1 | PSNR | nearest drawing |\n|---|---|---|---|---|".into(),
    ];
    for event in events {
        let RunEvent::Measured { step: at, measured: Found::Cinn(m), .. } = event else { continue };
        if *at <= step {
            let (views, db) = (m.sheet_drawings, [m.painted_db, m.nearest_db]);
            lines.push(format!("| {at} | {views} | {:.4} | {:.2} | {:.2} |", m.whole_l1, db[0], db[1]));
        }
    }
    lines
}

fn pictures(settings: &Settings, step: u64) -> u64 {
    super::data::Stage::at(&settings.stages, step).1
}
