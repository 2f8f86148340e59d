//! How long the window's frames take while workers are busy: the window without a display, driven frame by frame.

use super::large_figure;
use crate::engine::{GraphKind, PainterChoice, PainterKind};
use crate::events::FrameTimes;
use crate::raster::RasterChoice;
use crate::studio::headless::{self, Driver};
use crate::studio::{
    Command, DocumentCommand, Edit, MotionCommand, NewTraining, PanelKind, PoseCommand, SheetCommand, Studio,
    TrainCommand, WindowCommand,
};
use crate::train::PRESETS;
use anyhow::{Context as _, Result};
use egui::{Event, PointerButton, Pos2, RawInput, Rect, pos2, vec2};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// A frame longer than this is felt.
pub const FELT_MS: f64 = 33.0;
/// Triangles of the figure that is loaded.
const TRIANGLES: usize = 200_000;
/// Drawings in the watched folder.
const DRAWINGS: usize = 200;
/// A situation longer than this does not end.
const PATIENCE: Duration = Duration::from_secs(600);

/// A window without a display whose frames are timed.
struct Headless {
    ctx: egui::Context,
    studio: Studio,
    begun: Instant,
    times_ms: Vec<f64>,
    turn: f32,
    /// The mouse turns the view all the while.
    turns: bool,
    _data: tempfile::TempDir,
}

/// What was measured.
#[derive(Clone, Debug)]
pub struct WindowSpeed {
    /// Milliseconds from the window's beginning until the example's figure is seen; opening the window itself, which the
    /// system does, comes on top.
    pub example_ms: f64,
    /// Frames in each situation.
    pub frames: Vec<FrameTimes>,
}

/// Measures all situations; `weights`: CoNR's, or made-up ones of the same size.
///
/// # Errors
/// A temporary folder that can't be written, or work that does not end.
pub fn measure(weights: Option<&Path>, progress: &dyn crate::progress::Progress) -> Result<WindowSpeed> {
    let folder = tempfile::tempdir().context("can't make a temporary folder")?;
    let weights = match weights {
        Some(path) => path.to_owned(),
        None => {
            progress.stage("making up weights", 0);
            let path = folder.path().join("made-up.safetensors");
            crate::conr::made_up::write(&path)?;
            path
        }
    };
    let mut times = Vec::new();
    progress.stage("measuring frames", 8);

    let begun = Instant::now();
    let mut window = Headless::new()?;
    window.until("the example's figure", |s| s.content().viewport.is_some())?;
    let example_ms = begun.elapsed().as_secs_f64() * 1e3;
    window.until("the example", |s| !s.is_busy())?;
    times.push(window.during("turning the view, nothing else", Some(Duration::from_secs(3)), |_| true)?);
    progress.advance(1);

    window.send(MotionCommand::Toggle);
    window.until("the first painted frames of a walk", |s| s.content().film.is_some())?;
    window.turns = false;
    times.push(window.during("looking at a motion that plays and is painted", Some(Duration::from_secs(6)), |_| true)?);
    progress.advance(1);
    window.turns = true;
    times.push(window.during(
        "turning the view while a motion plays and is painted",
        Some(Duration::from_secs(5)),
        |_| true,
    )?);
    progress.advance(1);
    window.send(MotionCommand::Stop);

    // In a process of its own: first its lines are looked at, then the figure.
    window.send(WindowCommand::ShowPanel(PanelKind::Training));
    let new = NewTraining {
        name: "bench".into(),
        settings: PRESETS[0].settings(),
        figures: Vec::new(),
        licence: String::new(),
        from: None,
    };
    window.send(TrainCommand::Begin(Box::new(new)));
    let learned = |s: &Studio| {
        let trainings = s.content().trainings.iter().flat_map(|all| all.iter());
        trainings.filter_map(|training| training.view.as_ref().ok()).any(|view| !view.losses.is_empty())
    };
    window.until("the first steps of a training", learned)?;
    times.push(window.during("looking at a training that learns", Some(Duration::from_secs(5)), |_| true)?);
    progress.advance(1);
    window.send(WindowCommand::ShowPanel(PanelKind::Viewport));
    times.push(window.during("turning the view while a network learns", Some(Duration::from_secs(5)), |_| true)?);
    progress.advance(1);
    let training = window.studio.display().training.clone().context("the training is gone")?;
    window.send(TrainCommand::Discard(training.clone()));
    window.until("the training to end", |_| !training.exists())?;

    // A full-size picture of the published graph, begun anew until some seconds have passed.
    let mut painting = window.studio.project().painting.clone();
    painting.painter = PainterChoice::Of(PainterKind::Graph(GraphKind::Conr));
    painting.weights.set(GraphKind::Conr, Some(weights));
    window.send(Command::edit("Bench", Edit::Painting(painting)));
    window.until("the first picture", |s| {
        s.content().painted.as_ref().is_some_and(|p| p.by.contains("CoNR") && !p.draft)
    })?;
    let last = window.studio.content().painted.as_ref().map_or(0, |p| p.revision);
    window.send(PoseCommand::Flip);
    let situation = "turning the view while CoNR paints at full size";
    let painted = |s: &Studio| s.content().painted.as_ref().is_none_or(|p| p.draft || p.revision == last);
    times.push(window.during(situation, Some(Duration::from_secs(6)), painted)?);
    progress.advance(1);

    let figure = folder.path().join("large.pmx");
    std::fs::write(&figure, large_figure::pmx(TRIANGLES))?;
    window.send(DocumentCommand::Open(vec![figure.clone()]));
    let loading = |s: &Studio| s.content().subject().is_none_or(|subject| subject.figure().triangles.len() < TRIANGLES);
    let situation = "turning the view while a figure of 200,000 triangles is opened, drawn and painted";
    let begun = Instant::now();
    let goes_on = |s: &Studio| loading(s) || begun.elapsed() < Duration::from_secs(4);
    times.push(window.during(situation, None, goes_on)?);
    progress.advance(1);
    drop(window);

    let drawings = drawings(folder.path())?;
    let mut window = Headless::new()?;
    window.until("the example", |s| s.content().viewport.is_some() && !s.is_busy())?;
    window.send(SheetCommand::Add(drawings.clone()));
    let paths = drawings.clone();
    let writer = std::thread::spawn(move || -> std::io::Result<()> {
        for (i, path) in paths.iter().cycle().take(2 * paths.len()).enumerate() {
            std::thread::sleep(Duration::from_millis(20));
            drawing((i as u8).wrapping_add(1)).save_png(path)?;
        }
        Ok(())
    });
    let situation = "turning the view while a folder of 200 PNGs is read, watched and rewritten";
    times.push(window.during(situation, None, |s| s.project().sheet.len() < DRAWINGS || !writer.is_finished())?);
    writer.join().map_err(|_| anyhow::anyhow!("the thread that rewrites drawings failed"))??;
    progress.advance(1);
    Ok(WindowSpeed { example_ms, frames: times })
}

impl Driver for Headless {
    fn studio(&self) -> &Studio {
        &self.studio
    }

    fn studio_mut(&mut self) -> &mut Studio {
        &mut self.studio
    }

    fn step(&mut self) {
        self.frame_of(Vec::new());
    }
}

impl Headless {
    fn new() -> Result<Self> {
        let data = tempfile::tempdir().context("can't make a temporary folder")?;
        let launch = headless::launch(data.path(), RasterChoice::Auto, &[])?;
        let ctx = egui::Context::default();
        let studio = Studio::new(&ctx, launch);
        Ok(Self { ctx, studio, begun: Instant::now(), times_ms: Vec::new(), turn: 0.0, turns: true, _data: data })
    }

    /// One frame with these events: what the window does in it, up to the triangles that go to the graphics card.
    fn frame_of(&mut self, events: Vec<Event>) {
        let input = RawInput {
            screen_rect: Some(Rect::from_min_size(Pos2::ZERO, vec2(1280.0, 800.0))),
            time: Some(self.begun.elapsed().as_secs_f64()),
            events,
            ..RawInput::default()
        };
        let begun = Instant::now();
        let (ctx, studio) = (self.ctx.clone(), &mut self.studio);
        let output = ctx.run_ui(input, |ui| {
            studio.logic(&ctx);
            studio.ui(ui);
        });
        let egui::FullOutput { shapes, pixels_per_point, mut textures_delta, .. } = output;
        std::hint::black_box(ctx.tessellate(shapes, pixels_per_point));
        // Nobody is there to take the textures.
        textures_delta.clear();
        self.times_ms.push(begun.elapsed().as_secs_f64() * 1e3);
    }

    /// Frames at the pace of a screen, the view turned by the mouse all the while if it is, for at most `limit` and as long as
    /// `goes_on`.
    fn during(
        &mut self,
        situation: &'static str,
        limit: Option<Duration>,
        goes_on: impl Fn(&Studio) -> bool,
    ) -> Result<FrameTimes> {
        let middle = pos2(560.0, 400.0);
        let press =
            |pressed| if self.turns { vec![Event::PointerMoved(middle), button(middle, pressed)] } else { vec![] };
        let (press, release) = (press(true), press(false));
        self.frame_of(press);
        self.times_ms.clear();
        let begun = Instant::now();
        while goes_on(&self.studio) && limit.is_none_or(|limit| begun.elapsed() < limit) {
            anyhow::ensure!(begun.elapsed() < PATIENCE, "{situation}: this does not end");
            let next = Instant::now() + Duration::from_micros(16_667);
            self.turn += 0.05;
            let at = middle + vec2(60.0 * self.turn.sin(), 20.0 * self.turn.cos());
            self.frame_of(if self.turns { vec![Event::PointerMoved(at)] } else { Vec::new() });
            std::thread::sleep(next.saturating_duration_since(Instant::now()));
        }
        let mut sorted = self.times_ms.clone();
        self.frame_of(release);
        sorted.sort_by(f64::total_cmp);
        let at =
            |share: f64| sorted.get(((sorted.len() as f64 - 1.0) * share).round() as usize).copied().unwrap_or(0.0);
        Ok(FrameTimes {
            situation: situation.to_owned(),
            frames: sorted.len(),
            median_ms: at(0.5),
            p99_ms: at(0.99),
            longest_ms: at(1.0),
            felt: sorted.iter().filter(|&&ms| ms > FELT_MS).count(),
        })
    }
}

/// The right button, which turns the view.
fn button(pos: Pos2, pressed: bool) -> Event {
    Event::PointerButton { pos, button: PointerButton::Secondary, pressed, modifiers: egui::Modifiers::NONE }
}

/// A drawing of a disc in some colour.
fn drawing(shade: u8) -> crate::picture::Picture {
    let mut picture = crate::picture::Picture::new(512, 512);
    for y in 0..512i32 {
        for x in 0..512i32 {
            if (x - 256).pow(2) + (y - 256).pow(2) < 200 * 200 {
                *picture.at_mut(x as u32, y as u32) = [shade, (x / 2) as u8, (y / 2) as u8, 255];
            }
        }
    }
    picture
}

fn drawings(folder: &Path) -> Result<Vec<PathBuf>> {
    let paths: Vec<PathBuf> = (0..DRAWINGS).map(|i| folder.join(format!("{i:03}.png"))).collect();
    for path in &paths {
        drawing(0).save_png(path)?;
    }
    Ok(paths)
}
