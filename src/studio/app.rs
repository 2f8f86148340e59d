//! The window itself: one frame after the other, what is drawn, and who is asked for what.

use super::command::{Command, Outbox};
use super::content::Content;
use super::cutout::CutoutTool;
use super::document::Document;
use super::layout::Layout;
use super::log::LogLines;
use super::painting::Asked;
use super::palette::Palette;
use super::panels::{Context, PanelKind, Panels};
use super::settings::Settings;
use super::status::StatusBar;
use super::toasts::Toasts;
use super::tour::Tour;
use super::view::View;
use super::windows::{Answer, Windows};
use super::workers::Workers;
use super::{menu, theme};
use crate::pose::Pose;
use crate::project::session::Session;
use crate::project::{History, Project};
use crate::raster::RasterChoice;
use anyhow::Context as _;
use egui::Rect;
use std::collections::{BTreeMap, BTreeSet};
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
    pub(super) view: View,
    pub(super) settings: Settings,
    pub(super) layout: Layout,
    pub(super) workers: Workers,
    pub(super) toasts: Toasts,
    pub(super) palette: Palette,
    pub(super) tour: Tour,
    pub(super) windows: Windows,
    pub(super) cutout: CutoutTool,
    pub(super) outbox: Outbox,
    pub(super) launch: Launch,
    /// Where settings and copies of unsaved work are.
    pub(super) data: PathBuf,
    /// The pose kept for pasting.
    pub(super) copied_pose: Option<Pose>,
    /// What follows once the project is saved.
    pub(super) after_save: Option<Command>,
    /// Where the painted picture goes as soon as the full one is there.
    pub(super) picture_wanted: Option<PathBuf>,
    /// What the painter was asked for.
    pub(super) asked: Asked,
    /// The user agreed to lose what is unsaved, or nothing is.
    pub(super) may_close: bool,
    /// The files that are watched.
    pub(super) watched: BTreeSet<PathBuf>,
    /// The project's camera was put before its figure once.
    pub(super) framed_once: bool,
    panels: Panels,
    status: StatusBar,
    log: LogLines,
    /// One press of the pointer until its release.
    gesture: Gesture,
    /// Where the panels are on the screen.
    places: BTreeMap<PanelKind, Rect>,
    /// What of the settings is on disk, and since when it is not.
    settings_saved: Settings,
    settings_changed_s: Option<f64>,
    title: String,
}

/// One press of the pointer until its release: its edits are one step.
#[derive(Default)]
struct Gesture {
    id: u64,
    held: bool,
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
    let options = eframe::NativeOptions {
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
    eframe::run_native("settei", options, Box::new(|cc| Ok(Box::new(Studio::new(&cc.egui_ctx, launch)))))
        .map_err(|error| anyhow::anyhow!("{error}"))
        .context(
            "can't open a window. Without a display the command line does the same work: `settei demo` shows how; \
             `settei doctor` says what graphics drivers there are",
        )
}

impl Studio {
    /// The window's state before its first frame; workers start reading at once.
    pub fn new(ctx: &egui::Context, launch: Launch) -> Self {
        let log = launch.log.clone();
        let mut toasts = Toasts::new(log.clone());
        let data = launch.data.clone().unwrap_or_else(data_folder);
        let (settings, problem) = Settings::load(&data);
        if let Some(problem) = problem {
            toasts.say(Level::WARN, problem);
        }
        theme::install(ctx);
        theme::choose(ctx, settings.theme);
        ctx.set_zoom_factor(settings.scale);
        let wake = {
            let ctx = ctx.clone();
            move || ctx.request_repaint()
        };
        let project = if launch.empty || !launch.open.is_empty() { Project::default() } else { Project::example() };
        let session = Session::claim(&data.join("sessions"), None);
        if let Err(error) = &session {
            let what = format!("{} can't be written ({error}): unsaved work would not survive a crash", data.display());
            toasts.say(Level::WARN, what);
        }
        let mut studio = Self {
            document: Document::new(project, None, session.ok().flatten(), false),
            content: Content::default(),
            view: View::default(),
            layout: settings.layout.clone().unwrap_or_default(),
            settings_saved: settings.clone(),
            workers: Workers::new(wake),
            toasts,
            palette: Palette::default(),
            tour: Tour::default(),
            windows: Windows::default(),
            cutout: CutoutTool::default(),
            outbox: Outbox::default(),
            copied_pose: None,
            after_save: None,
            picture_wanted: None,
            asked: Asked::default(),
            may_close: false,
            watched: BTreeSet::new(),
            framed_once: false,
            panels: Panels::default(),
            status: StatusBar::default(),
            log,
            gesture: Gesture::default(),
            places: BTreeMap::new(),
            settings_changed_s: None,
            title: String::new(),
            settings,
            data,
            launch,
        };
        studio.look_for_leftovers();
        if !studio.launch.open.is_empty() {
            studio.outbox.send(Command::Open(studio.launch.open.clone()));
        } else if !studio.settings.toured {
            studio.tour.begin();
        }
        studio
    }

    /// Before each frame: news from the workers, and what time brings.
    pub fn logic(&mut self, ctx: &egui::Context) {
        while let Some(event) = self.workers.jobs.poll() {
            self.on_event(ctx, event);
        }
        while let Some(answer) = self.workers.stage.poll() {
            match answer {
                Ok(picture) => self.content.stage = Some(picture),
                Err(problem) => self.toasts.say(Level::ERROR, problem),
            }
        }
        while let Some(answer) = self.workers.mirror.poll() {
            match answer {
                Ok(picture) => self.content.mirror = Some(picture),
                Err(problem) => self.toasts.say(Level::ERROR, problem),
            }
        }
        self.hear_painter();
        self.follow();
        let now = ctx.input(|input| input.time);
        self.document.keep(now, &self.workers.jobs);
        self.keep_settings(now);
        for wait in
            [self.document.keeps_in_s(now), self.settings_changed_s.map(|s| s + 1.0 - now)].into_iter().flatten()
        {
            ctx.request_repaint_after(std::time::Duration::from_secs_f64(wait.max(0.02)));
        }
        self.name_window(ctx);
        if ctx.input(|input| input.viewport().close_requested()) && !self.may_close && self.document.unsaved() {
            ctx.send_viewport_cmd(egui::ViewportCommand::CancelClose);
            self.windows.unsaved_before = Some(Command::Quit);
        }
    }

    /// One frame.
    pub fn ui(&mut self, ui: &mut egui::Ui) {
        let ctx = ui.ctx().clone();
        self.watch_pointer(&ctx);
        let ends = self.tour.is_on() || self.windows.any();
        menu::keys(&ctx, &mut self.outbox, ends);
        egui::Panel::top("menu").show(ui, |ui| menu::bar(ui, &self.document, &self.settings, &mut self.outbox));
        egui::Panel::bottom("status").show(ui, |ui| {
            self.status.ui(ui, &self.document, &self.content, &self.workers, &mut self.outbox);
        });
        egui::CentralPanel::no_frame().show(ui, |ui| self.panels(ui));
        self.drops(&ctx);
        self.cutout.show(&ctx, &self.workers.jobs, &self.drawings_folder());
        self.palette.show(&ctx, &mut self.outbox);
        if !self.windows.any() && self.tour.show(&ctx, &self.places) {
            self.settings.toured = true;
        }
        match self.windows.show(&ctx, self.document.project(), &self.content, &mut self.outbox) {
            Some(Answer::SaveFirst(command)) => {
                self.after_save = Some(command);
                self.outbox.send(Command::Save);
            }
            Some(Answer::Discard(command)) => {
                self.may_close = true;
                self.outbox.send(command);
            }
            None => {}
        }
        self.toasts.show(&ctx);
        let gesture = self.gesture.held.then_some(self.gesture.id);
        for command in self.outbox.take() {
            tracing::debug!("{command:?}");
            self.apply(&ctx, command, gesture);
        }
        if ctx.input(|input| input.pointer.any_released()) {
            self.gesture.held = false;
        }
        if !self.gesture.held && self.view.dragging {
            self.view.dragging = false;
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

    /// What was read and painted.
    pub fn content(&self) -> &Content {
        &self.content
    }

    /// What is looked at.
    pub fn view(&self) -> &View {
        &self.view
    }

    /// What toasts said, oldest first.
    pub fn said(&self) -> &[(Level, String)] {
        &self.toasts.said
    }

    /// Errands under way that the user sees.
    pub fn is_busy(&self) -> bool {
        self.workers.jobs.running().iter().any(|job| !job.quiet) || self.content.painting.is_some()
    }

    /// Unsaved work would survive a crash now.
    pub fn is_safe(&self) -> bool {
        self.document.safe()
    }

    /// Sends a command as a menu would.
    pub fn send(&mut self, command: Command) {
        self.outbox.send(command);
    }

    fn panels(&mut self, ui: &mut egui::Ui) {
        if let Some(panel) = self.tour.panel() {
            self.layout.show(panel);
        }
        self.places.clear();
        let mut behavior = Tiles {
            panels: &mut self.panels,
            places: &mut self.places,
            context: Context {
                project: self.document.history.present(),
                path: self.document.path.as_deref(),
                content: &self.content,
                view: &self.view,
                settings: &self.settings,
                workers: &self.workers,
                log: &self.log,
                commands: &mut self.outbox,
            },
        };
        self.layout.tree.ui(&mut behavior, ui);
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
            self.outbox.send(Command::PasteDrawing(image));
        }
        if !dropped.is_empty() {
            self.outbox.send(Command::Open(dropped));
        }
        if hovered {
            let layer = egui::LayerId::new(egui::Order::Foreground, egui::Id::unique("drop"));
            let painter = ctx.layer_painter(layer);
            let screen = ctx.content_rect();
            painter.rect_filled(screen, 0.0, egui::Color32::from_black_alpha(150));
            let font = egui::FontId::proportional(26.0);
            let text = "Drop drawings, a figure, a pose or a project";
            painter.text(screen.center(), egui::Align2::CENTER_CENTER, text, font, egui::Color32::WHITE);
        }
    }

    fn watch_pointer(&mut self, ctx: &egui::Context) {
        if ctx.input(|input| input.pointer.any_pressed()) {
            self.gesture = Gesture { id: self.gesture.id + 1, held: true };
        }
    }

    fn keep_settings(&mut self, now_s: f64) {
        let layout = Some(&self.layout).filter(|layout| **layout != Layout::default()).cloned();
        if self.settings.layout != layout {
            self.settings.layout = layout;
        }
        if self.settings == self.settings_saved {
            return;
        }
        match self.settings_changed_s {
            None => self.settings_changed_s = Some(now_s),
            Some(changed) if now_s >= changed + 1.0 => {
                self.settings_changed_s = None;
                self.settings_saved = self.settings.clone();
                let (settings, data) = (self.settings.clone(), self.data.clone());
                self.workers.jobs.start_quietly("Saving settings", move |_| {
                    let failed = settings.save(&data).err()?;
                    Some(super::events::Event::Warning(format!("settings can't be saved: {failed}")))
                });
            }
            Some(_) => {}
        }
    }

    fn name_window(&mut self, ctx: &egui::Context) {
        let mark = if self.document.unsaved() { "*" } else { "" };
        let title = format!("{}{mark} – Settei", self.document.name());
        if title != self.title {
            ctx.send_viewport_cmd(egui::ViewportCommand::Title(title.clone()));
            self.title = title;
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
        // Unsaved work was saved, or the user gave it up; otherwise (the session ends) its copy stays.
        if self.may_close || !self.document.unsaved() {
            self.document.close();
        }
    }
}

/// Draws each panel in its tile.
struct Tiles<'a, 'b> {
    panels: &'a mut Panels,
    places: &'a mut BTreeMap<PanelKind, Rect>,
    context: Context<'b>,
}

impl egui_tiles::Behavior<PanelKind> for Tiles<'_, '_> {
    fn pane_ui(&mut self, ui: &mut egui::Ui, _: egui_tiles::TileId, kind: &mut PanelKind) -> egui_tiles::UiResponse {
        self.places.insert(*kind, ui.max_rect());
        egui::Frame::NONE.fill(ui.visuals().panel_fill).inner_margin(6.0).show(ui, |ui| {
            ui.set_min_size(ui.available_size());
            ui.push_id(*kind, |ui| self.panels.get(*kind).ui(ui, &mut self.context));
        });
        egui_tiles::UiResponse::None
    }

    fn tab_title_for_pane(&mut self, kind: &PanelKind) -> egui::WidgetText {
        kind.title().into()
    }

    fn is_tab_closable(&self, _: &egui_tiles::Tiles<PanelKind>, _: egui_tiles::TileId) -> bool {
        true
    }

    fn on_tab_close(&mut self, tiles: &mut egui_tiles::Tiles<PanelKind>, id: egui_tiles::TileId) -> bool {
        // The figure stays: without it there is nothing to do here.
        !matches!(tiles.get(id), Some(egui_tiles::Tile::Pane(PanelKind::Viewport)))
    }

    fn simplification_options(&self) -> egui_tiles::SimplificationOptions {
        egui_tiles::SimplificationOptions { all_panes_must_have_tabs: true, ..Default::default() }
    }

    fn gap_width(&self, _: &egui::Style) -> f32 {
        3.0
    }
}

/// Where the system wants a program's own files.
fn data_folder() -> PathBuf {
    directories::ProjectDirs::from("", "", "settei")
        .map_or_else(|| std::env::temp_dir().join("settei"), |dirs| dirs.data_local_dir().to_owned())
}
