//! The window itself: one frame after the other, what is drawn, and who is asked for what.

use super::choices::Choices;
use super::closing::Closing;
use super::commands::{Command, DocumentCommand, Outbox, OwnChange, SheetCommand};
use super::content::Content;
use super::cutout::CutoutTool;
use super::desktop::{self, Desktop};
use super::display::Display;
use super::dock::Dock;
use super::document::Document;
use super::export::ExportDialog;
use super::landmarks::LandmarkTool;
use super::live::LiveInput;
use super::log::LogLines;
use super::painting::Asked;
use super::palette::Palette;
use super::panels::Context;
use super::playback::Playback;
use super::puppet::Puppet;
use super::scene::Scene;
use super::settings::KeptSettings;
use super::status::StatusBar;
use super::toasts::Toasts;
use super::tour::Tour;
use super::windows::Windows;
use super::workers::Workers;
use super::{focus, menu, theme};
use crate::pose::Pose;
use crate::project::session::Session;
use crate::project::{History, Project};
use crate::raster::RasterChoice;
use egui::{Key, Modifiers};
use std::path::PathBuf;
use std::sync::Arc;
use tracing::Level;

/// How the window begins.
#[derive(Clone, Debug, Default)]
pub struct Launch {
    /// Files to open; none: the built-in example.
    pub open: Vec<PathBuf>,
    /// Where settings and copies of unsaved work are; `None`: where the system wants them.
    pub data: Option<PathBuf>,
    /// Who draws the figure; `None`: as the settings say.
    pub raster: Option<RasterChoice>,
    /// The program that learns; `None`: this one.
    pub program: Option<PathBuf>,
    /// Where trainings go that are thrown away; `None`: the system's trash.
    pub trash: Option<PathBuf>,
    /// Begin with an empty project instead of the example.
    pub empty: bool,
    /// What is logged, also before the window is there.
    pub log: LogLines,
}

/// The window's state. What a frame shows and what it changes are kept apart: panels see [`Context`], changes come as
/// [`Command`]s after the frame.
pub struct Studio {
    pub(super) document: Document,
    pub(super) content: Content,
    pub(super) display: Display,
    pub(super) playback: Playback,
    /// The window that shows the character alone.
    pub(super) puppet: Puppet,
    /// Who listens to what other programs send.
    pub(super) live: LiveInput,
    /// What moves the figure, worked out where it is asked.
    pub(super) scene: Option<Scene>,
    pub(super) settings: KeptSettings,
    pub(super) workers: Workers,
    pub(super) dock: Dock,
    pub(super) overlays: Overlays,
    pub(super) closing: Closing,
    pub(super) toasts: Toasts,
    pub(super) outbox: Outbox,
    pub(super) launch: Launch,
    /// The pose kept for pasting.
    pub(super) copied_pose: Option<Pose>,
    /// The keys kept for pasting, by frames after the first.
    pub(super) copied_keys: Vec<(i64, crate::motion::Key)>,
    /// What the painter was asked for.
    pub(super) asked: Asked,
    menu: menu::MenuBar,
    status: StatusBar,
    gesture: Gesture,
}

/// What lies over the panels.
#[derive(Default)]
pub(super) struct Overlays {
    pub(super) palette: Palette,
    pub(super) tour: Tour,
    pub(super) windows: Windows,
    pub(super) export: ExportDialog,
    pub(super) cutout: CutoutTool,
    pub(super) landmarks: LandmarkTool,
}

/// One press of the pointer until its release, or a run of keys in one field: its edits are one step.
#[derive(Default)]
struct Gesture {
    id: u64,
    held: bool,
    /// When the last key of the run was pressed.
    typed_s: f64,
}

/// Who pauses this long while typing begins another step.
const PAUSE_S: f64 = 2.0;

impl Gesture {
    /// Follows pointer and keys; the gesture that is under way.
    fn follow(&mut self, ctx: &egui::Context) -> Option<u64> {
        let typing = ctx.egui_wants_keyboard_input();
        ctx.input(|input| {
            if input.pointer.any_pressed() {
                (self.id, self.held) = (self.id + 1, true);
            }
            if typing
                && input.events.iter().any(|event| matches!(event, egui::Event::Text(_) | egui::Event::Key { .. }))
            {
                self.id += u64::from(input.time - self.typed_s > PAUSE_S);
                self.typed_s = input.time;
            }
        });
        (self.held || typing).then_some(self.id)
    }
}

/// The example's face, for the task bar.
fn icon() -> egui::IconData {
    let drawing = crate::example::drawing("front").unwrap_or_else(|_| crate::picture::Picture::new(1, 1));
    let (width, height) = (drawing.width_px, drawing.height_px);
    let pixels = bytemuck::cast_slice(&drawing.pixels).to_vec();
    let picture = image::RgbaImage::from_raw(width, height, pixels).unwrap_or_default();
    let side = height * 9 / 32;
    let face = image::imageops::crop_imm(&picture, (width - side.min(width)) / 2, height / 40, side, side).to_image();
    let face = image::imageops::thumbnail(&face, 64, 64);
    egui::IconData { rgba: face.into_raw(), width: 64, height: 64 }
}

/// Opens the window and returns when it is closed.
///
/// # Errors
/// Where no window can be opened: no display, or no graphics driver.
pub fn run(launch: Launch) -> anyhow::Result<()> {
    let desktop = desktop::find().map_err(|why| anyhow::anyhow!("{NO_WINDOW}: {why}"))?;
    let mut options = eframe::NativeOptions {
        renderer: eframe::Renderer::Wgpu,
        viewport: egui::ViewportBuilder::default()
            .with_title("Settei")
            .with_app_id("settei")
            .with_icon(icon())
            .with_inner_size([1280.0, 800.0])
            .with_min_inner_size([800.0, 560.0])
            .with_drag_and_drop(true),
        ..Default::default()
    };
    if desktop == Desktop::X11 {
        tracing::warn!("no Wayland desktop answers where WAYLAND_DISPLAY says; the window is opened on X11");
        #[cfg(target_os = "linux")]
        {
            options.event_loop_builder = Some(Box::new(|builder| {
                let _ = winit::platform::x11::EventLoopBuilderExtX11::with_x11(builder);
            }));
        }
    }
    eframe::run_native("settei", options, Box::new(|cc| Ok(Box::new(Studio::new(&cc.egui_ctx, launch)))))
        .map_err(|error| anyhow::anyhow!("{NO_WINDOW}: {}", desktop::plain(&error.to_string())))
}

const NO_WINDOW: &str = "can't open a window (without one, the command line does the same work: `settei demo` shows how, \
                         `settei doctor` says what graphics drivers there are)";

impl Studio {
    /// The window's state before its first frame; workers start reading at once.
    pub fn new(ctx: &egui::Context, launch: Launch) -> Self {
        let mut toasts = Toasts::new(launch.log.clone());
        let (settings, problem) = KeptSettings::load(launch.data.clone().unwrap_or_else(crate::files::data_folder));
        if let Some(problem) = problem {
            toasts.say(Level::WARN, problem);
        }
        theme::install(ctx);
        theme::choose(ctx, settings.now.theme);
        ctx.set_zoom_factor(settings.now.scale);
        let wake = {
            let ctx = ctx.clone();
            move || ctx.request_repaint()
        };
        let project = match launch.empty || !launch.open.is_empty() {
            true => Project::default(),
            // Who comes for the first time sees what becomes of drawings like theirs.
            false if !settings.now.toured => Project::drawn_example(),
            false => Project::example(),
        };
        let session = Session::claim(&settings.sessions(), None);
        if let Err(error) = &session {
            let folder = settings.folder.display();
            let what = format!("{folder} can't be written ({error}): unsaved work would not survive a crash");
            toasts.say(Level::WARN, what);
        }
        let mut studio = Self {
            document: Document::new(project, None, None, session.ok().flatten(), false),
            content: Content::default(),
            display: Display::default(),
            playback: Playback::default(),
            live: LiveInput::default(),
            puppet: Puppet::default(),
            scene: None,
            dock: Dock::new(settings.now.layout.clone().unwrap_or_default()),
            settings,
            workers: Workers::new(wake),
            overlays: Overlays::default(),
            closing: Closing::default(),
            toasts,
            outbox: Outbox::default(),
            launch,
            copied_pose: None,
            copied_keys: Vec::new(),
            asked: Asked::default(),
            menu: menu::MenuBar::default(),
            status: StatusBar::default(),
            gesture: Gesture::default(),
        };
        studio.workers.renders.follow(studio.renders_folder(), studio.launch.program.clone());
        studio.look_for_leftovers();
        studio.change_own_poses(OwnChange::Read);
        if !studio.launch.open.is_empty() {
            studio.outbox.send(DocumentCommand::Open(studio.launch.open.clone()));
        } else if !studio.settings.now.toured {
            studio.overlays.tour.begin();
        }
        studio
    }

    /// Before each frame: news from the workers, and what time brings.
    pub fn logic(&mut self, ctx: &egui::Context) {
        while let Some(event) = self.workers.jobs.poll() {
            self.on_event(ctx, event);
        }
        while let Some(answer) = self.workers.viewport.poll() {
            match answer {
                Ok(picture) => self.content.viewport = Some(picture),
                Err(problem) => self.toasts.say(Level::ERROR, problem),
            }
        }
        while let Some(answer) = self.workers.mirror.poll() {
            match answer {
                Ok(picture) => self.content.mirror = Some(picture),
                Err(problem) => self.toasts.say(Level::ERROR, problem),
            }
        }
        while let Some(answer) = self.workers.puppet.poll() {
            match answer {
                Ok(picture) => self.content.puppet = Some(picture),
                Err(problem) => self.toasts.say(Level::ERROR, problem),
            }
        }
        while let Some(path) = self.workers.paths.poll() {
            self.content.path = Some(path);
        }
        self.hear_stand_ins();
        self.hear_painter();
        self.follow_live(ctx);
        self.run_playhead(ctx);
        #[cfg(feature = "sound")]
        self.hear_sound();
        self.follow_first(ctx);
        self.follow();
        if ctx.input(|input| input.events.contains(&egui::Event::WindowFocused(true))) {
            // Another window or the command line may have kept poses meanwhile.
            self.change_own_poses(OwnChange::Read);
        }
        let now = ctx.input(|input| input.time);
        self.document.keep(now, &self.workers.jobs);
        self.settings.keep(&self.dock.layout, now, &self.workers.jobs);
        for wait in [self.document.keeps_in_s(now), self.settings.keeps_in_s(now)].into_iter().flatten() {
            ctx.request_repaint_after(std::time::Duration::from_secs_f64(wait.max(0.02)));
        }
        if let Some(title) = self.document.new_title() {
            ctx.send_viewport_cmd(egui::ViewportCommand::Title(title));
        }
        if ctx.input(|input| input.viewport().close_requested()) && !self.closing.agreed && self.document.unsaved() {
            ctx.send_viewport_cmd(egui::ViewportCommand::CancelClose);
            self.closing.ask_before(DocumentCommand::Quit);
        }
    }

    /// One frame.
    pub fn ui(&mut self, ui: &mut egui::Ui) {
        let ctx = ui.ctx().clone();
        let gesture = self.gesture.follow(&ctx);
        self.overlays.cutout.keys(&ctx);
        self.overlays.landmarks.keys(&ctx);
        // The palette and the tools among them: Escape has taken the focus from their fields already.
        let modal = ctx.memory(|memory| memory.top_modal_layer().is_some());
        let ends = modal || self.overlays.tour.is_on() || self.overlays.windows.any() || self.closing.is_asking();
        // What was made large goes back by Escape, too; what lies over it comes first.
        let lies_over = ends || egui::Popup::is_any_open(&ctx);
        if !lies_over && self.dock.large.is_some() && ctx.input_mut(|i| i.consume_key(Modifiers::NONE, Key::Escape)) {
            self.dock.large = None;
        }
        menu::keys(&ctx, &mut self.outbox, ends);
        self.menu.keys(&ctx);
        egui::Panel::top("menu").show(ui, |ui| {
            let (project, settings) = (self.document.project(), &self.settings.now);
            let figure = self.content.subject().map(|subject| &**subject.figure());
            let choices = Choices { project, figure, display: &self.display, settings, dock: &self.dock };
            self.menu.ui(ui, &self.document, settings, &choices, &mut self.outbox);
        });
        egui::Panel::bottom("status").show(ui, |ui| {
            self.status.ui(ui, &self.document, &self.content, &self.workers, &mut self.outbox);
        });
        egui::CentralPanel::no_frame().show(ui, |ui| self.panels(ui));
        self.drops(&ctx);
        self.overlays(&ctx);
        self.toasts.show(&ctx);
        focus::ring(&ctx);
        for command in self.outbox.take() {
            tracing::debug!("{command:?}");
            self.apply(&ctx, command, gesture);
        }
        if ctx.input(|input| input.pointer.any_released()) {
            self.gesture.held = false;
        }
        if !self.gesture.held && self.display.dragging {
            self.display.dragging = false;
            ctx.request_repaint();
        }
        self.follow();
    }

    /// The project as it is now.
    pub fn project(&self) -> &Arc<Project> {
        self.document.project()
    }

    /// Its history.
    pub fn history(&self) -> &History {
        &self.document.history
    }

    /// What is played.
    pub fn playback(&self) -> &Playback {
        &self.playback
    }

    /// The pose that is shown, see [`Playback::shown`].
    pub fn shown_pose(&self) -> &Pose {
        self.playback.shown(self.document.project())
    }

    /// What was read and painted.
    pub fn content(&self) -> &Content {
        &self.content
    }

    /// What is looked at.
    pub fn display(&self) -> &Display {
        &self.display
    }

    /// What toasts said, oldest first.
    pub fn said(&self) -> &[(Level, String)] {
        &self.toasts.said
    }

    /// Errands under way that the user sees.
    pub fn is_busy(&self) -> bool {
        self.workers.jobs.running().iter().any(|job| !job.quiet)
            || self.content.painting.is_some()
            || self.workers.stand_ins.busy()
    }

    /// The viewport's picture of what is there now is still to come.
    pub fn is_drawing(&self) -> bool {
        self.workers.viewport.busy()
    }

    /// Unsaved work would survive a crash now.
    pub fn is_safe(&self) -> bool {
        self.document.safe()
    }

    /// Sends a command as a menu would.
    pub fn send(&mut self, command: impl Into<Command>) {
        self.outbox.send(command);
    }

    fn panels(&mut self, ui: &mut egui::Ui) {
        if let Some(panel) = self.overlays.tour.panel() {
            self.dock.show(panel);
        }
        let mut context = Context {
            project: self.document.project(),
            pose: self.playback.shown(self.document.project()),
            seen: self.playback.seen(self.document.project()),
            playback: &self.playback,
            path: self.document.path.as_deref(),
            content: &self.content,
            display: &self.display,
            settings: &self.settings.now,
            workers: &self.workers,
            log: &self.launch.log,
            commands: &mut self.outbox,
        };
        self.puppet.show(ui.ctx(), &mut context);
        self.dock.ui(ui, context);
    }

    fn overlays(&mut self, ctx: &egui::Context) {
        let drawings = self.drawings_folder();
        let raster = self.launch.raster.unwrap_or(self.settings.now.raster);
        let Overlays { palette, tour, windows, export, cutout, landmarks } = &mut self.overlays;
        cutout.show(ctx, &self.workers.jobs, &drawings);
        landmarks.show(ctx, self.document.project(), &self.content, &self.workers.jobs, &mut self.outbox);
        palette.show(ctx, &mut self.outbox);
        let shown = (&**self.document.project(), &self.playback);
        export.show(ctx, shown, &self.content, raster, &mut self.outbox);
        let asking = windows.any() || export.is_open() || self.closing.is_asking();
        if !asking && tour.show(ctx, &self.dock.places) {
            self.settings.now.toured = true;
        }
        windows.show(ctx, self.document.project(), &self.content, &mut self.outbox);
        self.closing.show(ctx, &mut self.outbox);
    }

    /// Files that are dropped anywhere; the sheet panel takes pictures like all others do.
    fn drops(&mut self, ctx: &egui::Context) {
        let (dropped, hovered) = ctx.input(|input| {
            let paths: Vec<PathBuf> = input.raw.dropped_files.iter().map(|file| file.path().to_path_buf()).collect();
            (paths, !input.raw.hovered_files.is_empty())
        });
        let pasted = ctx.input(|input| {
            input.events.iter().find_map(|event| match event {
                egui::Event::PasteImage(image) => Some(image.clone()),
                _ => None,
            })
        });
        if let Some(image) = pasted {
            self.outbox.send(SheetCommand::Paste(image));
        }
        if !dropped.is_empty() {
            self.outbox.send(DocumentCommand::Open(dropped));
        }
        if hovered {
            let layer = egui::LayerId::new(egui::Order::Foreground, egui::Id::unique("drop"));
            let painter = ctx.layer_painter(layer);
            let screen = ctx.content_rect();
            painter.rect_filled(screen, 0.0, egui::Color32::from_black_alpha(150));
            let font = egui::FontId::proportional(26.0);
            let text = "Drop drawings, a figure, a pose, a motion, a sound, weights or a project";
            painter.text(screen.center(), egui::Align2::CENTER_CENTER, text, font, egui::Color32::WHITE);
        }
    }
}

impl eframe::App for Studio {
    fn logic(&mut self, ctx: &egui::Context, _: &mut eframe::Frame) {
        self.logic(ctx);
    }

    fn ui(&mut self, ui: &mut egui::Ui, _: &mut eframe::Frame) {
        self.ui(ui);
    }

    fn on_exit(&mut self) {
        // What was being recorded is kept; the window is gone, nobody waits for this.
        if let Some(Err(why)) = self.recorded().map(super::live::Recorded::save) {
            tracing::error!("{why}");
        }
        // Unsaved work was saved, or the user gave it up; otherwise (the session ends) its copy stays.
        if self.closing.agreed || !self.document.unsaved() {
            self.document.close();
        }
    }
}
