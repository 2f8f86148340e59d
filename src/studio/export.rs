//! The dialog that asks what is to be exported: by what it is for, not by codec.

use super::commands::{ExportCommand, MotionCommand, Outbox};
use super::content::Content;
use super::dialogs::Ask;
use super::panels::named;
use super::playback::Playback;
use crate::engine::PainterChoice;
use crate::export::Purpose;
use crate::layers::Layer;
use crate::project::{MotionSource, Project};
use crate::queue::Wish;
use crate::raster::RasterChoice;
use egui::{ComboBox, DragValue, Ui};
use std::path::PathBuf;

/// How large pictures are, of the project's size.
const SCALES: [(f32, &str); 4] = [(1.0, "As in the project"), (0.5, "Half"), (0.25, "A quarter"), (2.0, "Double")];
/// Frames that each drawing is seen for.
const HOLDS: [(i64, &str); 4] = [(1, "On ones"), (2, "On twos"), (3, "On threes"), (4, "On fours")];
/// Largest side of pictures.
const LARGEST_PX: u32 = crate::raster::LARGEST_SIDE_PX;
const WIDTH: f32 = 460.0;
/// Every purpose is seen at once, points.
const ALL_PURPOSES: f32 = 340.0;

/// The dialog.
#[derive(Default)]
pub(super) struct ExportDialog {
    form: Option<Form>,
    /// How often it was opened. Each time it is another one to egui, which else would lay its lists under it where a click
    /// comes and goes within one frame.
    opened: u64,
}

struct Form {
    name: String,
    purpose: Purpose,
    target: String,
    /// The system's dialog asked whether it may be replaced.
    replace: Option<String>,
    /// First and last frame; `None`: all that is played.
    frames: Option<[i64; 2]>,
    on: i64,
    scale: f32,
    engine: PainterChoice,
    layers: Vec<Layer>,
    /// What frames are laid on.
    colour: Option<[u8; 3]>,
    /// A video has the project's sound.
    sound: bool,
    /// It was sent, and is not answered yet.
    sent: bool,
    /// Why it could not be added.
    refused: Option<String>,
}

impl ExportDialog {
    /// Opens it; `name`: what the project is called.
    pub(super) fn begin(&mut self, name: &str, folder: Option<PathBuf>, project: &Project, playback: &Playback) {
        let usual = || directories::UserDirs::new().map(|dirs| dirs.video_dir().unwrap_or(dirs.home_dir()).to_owned());
        let folder = folder.or_else(usual).unwrap_or_default();
        let name = crate::files::clean_stem(name);
        let purpose = Purpose::default();
        let mut form = Form {
            target: folder.join(&name).display().to_string(),
            name,
            purpose,
            replace: None,
            frames: playback.range,
            on: playback.exposure,
            scale: 1.0,
            engine: project.painting.painter,
            layers: Vec::new(),
            colour: None,
            sound: true,
            sent: false,
            refused: None,
        };
        form.ending();
        self.form = Some(form);
        self.opened += 1;
    }

    /// It is open.
    pub(super) fn is_open(&self) -> bool {
        self.form.is_some()
    }

    /// A place was chosen, and asked for where it is taken.
    pub(super) fn take_target(&mut self, path: PathBuf) {
        if let Some(form) = &mut self.form {
            form.target = path.display().to_string();
            form.ending();
            // Nobody asks about what a folder holds.
            form.replace = form.purpose.kind().ending().map(|_| form.target.clone());
        }
    }

    /// What was sent is in the queue, or why not.
    pub(super) fn answered(&mut self, outcome: Result<(), String>) {
        match (outcome, &mut self.form) {
            (Err(why), Some(form)) => (form.sent, form.refused) = (false, Some(why)),
            _ => self.form = None,
        }
    }

    /// Draws it, if it is open.
    pub(super) fn show(
        &mut self,
        ctx: &egui::Context,
        (project, playback): (&Project, &Playback),
        content: &Content,
        raster: RasterChoice,
        outbox: &mut Outbox,
    ) {
        let Some(form) = &mut self.form else { return };
        // Until the figure is there its keys are known at least.
        let keyed = || project.animation.last_frame(None, None);
        let last = content.act.as_ref().map_or_else(keyed, |act| act.last());
        let mut open = true;
        let modal = egui::Modal::new(egui::Id::unique(("export", self.opened))).show(ctx, |ui| {
            ui.set_width(WIDTH);
            ui.heading("Export frames");
            ui.add_space(6.0);
            if !project.animation.moves() {
                open = nothing_moves(ui, outbox);
                return;
            }
            let span = playback.span(last);
            egui::Grid::new("export").num_columns(2).spacing([14.0, 8.0]).show(ui, |ui| {
                form.what(ui, content);
                form.place(ui, outbox);
                form.range(ui, span, last, project.animation.fps);
                form.look(ui, project);
                form.sound(ui, project);
                form.besides(ui);
            });
            ui.add_space(4.0);
            if let Some(why) = &form.refused {
                ui.add(egui::Label::new(egui::RichText::new(why).color(ui.visuals().error_fg_color)).wrap());
            }
            ui.weak("It is painted in the background; this window stays free. Closing it stops nothing.");
            ui.add_space(6.0);
            ui.horizontal(|ui| {
                let ready = !form.sent && !form.target.trim().is_empty();
                let add = ui.add_enabled(ready, egui::Button::new("Add to the queue"));
                if add.on_hover_text("It waits until what is before it in the render queue is done").clicked() {
                    (form.sent, form.refused) = (true, None);
                    outbox.send(ExportCommand::Add(Box::new(form.wish(span, project, raster))));
                }
                open &= !ui.button("Cancel").clicked();
            });
        });
        if !open || modal.should_close() {
            self.form = None;
        }
    }
}

/// What there is to do first; false: it was done.
fn nothing_moves(ui: &mut Ui, outbox: &mut Outbox) -> bool {
    ui.label(
        "Nothing moves in this project yet, so there are no frames. Choose a motion, or key poses in the timeline.",
    );
    ui.add_space(6.0);
    ui.horizontal(|ui| {
        let walk = ui.button("Let the figure walk").clicked();
        if walk {
            outbox.send(MotionCommand::Open(MotionSource::BuiltIn("walk".into())));
        }
        let motion = ui.button("Open a motion…").clicked();
        if motion {
            outbox.send(Ask::Motion);
        }
        !(walk || motion || ui.button("Cancel").clicked())
    })
    .inner
}

impl Form {
    /// The target ends as its kind has it.
    fn ending(&mut self) {
        let path = PathBuf::from(self.target.trim());
        let known = path.extension().and_then(|ending| ending.to_str()).map(str::to_lowercase);
        let ours = known.is_some_and(|known| Purpose::ALL.iter().any(|p| p.kind().ending() == Some(known.as_str())));
        let bare = if ours { path.with_extension("") } else { path };
        let target = match self.purpose.kind().ending() {
            Some(ending) => {
                let mut name = bare.into_os_string();
                name.push(format!(".{ending}"));
                PathBuf::from(name)
            }
            None => bare,
        };
        self.target = target.display().to_string();
    }

    fn what(&mut self, ui: &mut Ui, content: &Content) {
        ui.label("For");
        ui.vertical(|ui| {
            let before = self.purpose;
            let chosen =
                ComboBox::from_id_salt("purpose").width(260.0).height(ALL_PURPOSES).selected_text(self.purpose.title());
            let chosen = chosen.show_ui(ui, |ui| {
                for &purpose in Purpose::ALL {
                    let about = purpose.kind().about();
                    ui.selectable_value(&mut self.purpose, purpose, purpose.title()).on_hover_text(about);
                }
            });
            named(&chosen.response, "For");
            if self.purpose != before {
                self.ending();
            }
            let kind = self.purpose.kind();
            let mut about = kind.about().to_owned();
            about[..1].make_ascii_uppercase();
            ui.weak(about);
            if kind.is_video() && content.ffmpeg == Some(false) {
                let what = "Videos are written by ffmpeg, which is not there: install it (ffmpeg.org)";
                ui.add(egui::Label::new(egui::RichText::new(what).color(ui.visuals().warn_fg_color)).wrap());
            }
        });
        ui.end_row();
    }

    fn place(&mut self, ui: &mut Ui, outbox: &mut Outbox) {
        let folder = self.purpose.kind().ending().is_none();
        let label = ui.label(if folder { "Folder" } else { "File" });
        ui.horizontal(|ui| {
            let field = egui::TextEdit::singleline(&mut self.target).desired_width(260.0);
            if ui.add(field).labelled_by(label.id).changed() {
                self.refused = None;
            }
            if ui.button("Choose…").on_hover_text("By the system's dialog").clicked() {
                outbox.send(Ask::ExportTarget(self.purpose.kind(), self.name.clone()));
            }
        });
        ui.end_row();
    }

    fn range(&mut self, ui: &mut Ui, span: [i64; 2], last: i64, fps: f64) {
        ui.label("Frames");
        ui.vertical(|ui| {
            let [mut first, mut end] = self.frames.unwrap_or(span);
            ui.horizontal(|ui| {
                let from = ui.add(DragValue::new(&mut first).range(0..=end).speed(0.25));
                named(&from, "First frame");
                ui.label("to");
                let to = ui.add(DragValue::new(&mut end).range(first..=last.max(first)).speed(0.25));
                named(&to, "Last frame");
                if from.changed() || to.changed() {
                    self.frames = Some([first, end]);
                }
                if ui.button("All").on_hover_text("From the first frame to the last that moves").clicked() {
                    self.frames = Some([0, last]);
                }
            });
            let count = end - first + 1;
            let drawings = (end.div_euclid(self.on) - first.div_euclid(self.on)) + 1;
            let seconds = count as f64 / fps;
            ui.weak(format!("{count} frames, {seconds:.1} s; {drawings} to be painted at most"));
        });
        ui.end_row();
        ui.label("Drawn");
        let chosen = HOLDS.iter().find(|(frames, _)| *frames == self.on).map_or("", |(_, name)| name);
        let hold = ComboBox::from_id_salt("hold").width(120.0).selected_text(chosen).show_ui(ui, |ui| {
            for (frames, name) in HOLDS {
                ui.selectable_value(&mut self.on, frames, name);
            }
        });
        let what = "How many frames each drawing is seen for: on twos half as many are painted";
        named(&hold.response.on_hover_text(what), "Drawn");
        ui.end_row();
    }

    fn look(&mut self, ui: &mut Ui, project: &Project) {
        ui.label("Size");
        let said = |scale: f32, name: &str| {
            let [width, height] = size(project, scale);
            format!("{name} ({width}×{height})")
        };
        let name = SCALES.iter().find(|(scale, _)| *scale == self.scale).map_or("", |(_, name)| name);
        let size = ComboBox::from_id_salt("size").width(220.0).selected_text(said(self.scale, name));
        let size = size.show_ui(ui, |ui| {
            for (scale, name) in SCALES {
                ui.selectable_value(&mut self.scale, scale, said(scale, name));
            }
        });
        named(&size.response, "Size");
        ui.end_row();
        ui.label("Painter");
        let painter = ComboBox::from_id_salt("painter").width(220.0).selected_text(self.engine.title());
        let painter = painter.show_ui(ui, |ui| {
            for &choice in PainterChoice::all() {
                ui.selectable_value(&mut self.engine, choice, choice.title()).on_hover_text(choice.tip());
            }
        });
        named(&painter.response.on_hover_text(self.engine.tip()), "Painter");
        ui.end_row();
        ui.label("Background");
        ui.horizontal(|ui| {
            let alpha = self.purpose.kind().has_alpha();
            let mut laid = self.colour.is_some() || !alpha;
            let on_a_colour = ui.add_enabled(alpha, egui::Checkbox::new(&mut laid, "On a colour"));
            on_a_colour.on_hover_text("Otherwise frames are transparent around the figure");
            self.colour = laid.then(|| self.colour.unwrap_or([255; 3]));
            if let Some(colour) = &mut self.colour {
                named(&ui.color_edit_button_srgb(colour), "Colour behind the figure");
            }
        });
        ui.end_row();
    }

    /// What is heard.
    fn sound(&mut self, ui: &mut Ui, project: &Project) {
        let Some(sound) = project.sound.as_ref().filter(|_| self.purpose.kind().is_video()) else { return };
        ui.label("Sound");
        ui.checkbox(&mut self.sound, sound.name()).on_hover_text("The video has the project's sound");
        ui.end_row();
    }

    /// What else is drawn of each frame.
    fn besides(&mut self, ui: &mut Ui) {
        ui.label("Layers");
        let chosen: Vec<_> = self.layers.iter().map(|layer| layer.title()).collect();
        let said = if chosen.is_empty() { "None besides".to_owned() } else { chosen.join(", ") };
        let layers = ComboBox::from_id_salt("layers").width(220.0).truncate().selected_text(said);
        let layers = layers.close_behavior(egui::PopupCloseBehavior::CloseOnClickOutside).show_ui(ui, |ui| {
            for &layer in Layer::ALL {
                let mut wanted = self.layers.contains(&layer);
                if ui.checkbox(&mut wanted, layer.title()).on_hover_text(layer.about()).changed() {
                    self.layers = Layer::ALL
                        .iter()
                        .copied()
                        .filter(|&other| match other == layer {
                            true => wanted,
                            false => self.layers.contains(&other),
                        })
                        .collect();
                }
            }
        });
        let what = "Drawn of each frame besides, for compositing programs and ControlNet: each into a folder beside the \
                    target, hero-depth beside hero.webp";
        named(&layers.response.on_hover_text(what), "Layers");
        ui.end_row();
    }

    fn wish(&self, span: [i64; 2], project: &Project, raster: RasterChoice) -> Wish {
        Wish {
            version: 0,
            name: self.name.clone(),
            kind: self.purpose.kind(),
            target: self.target.trim().into(),
            frames: self.frames.unwrap_or(span),
            on: self.on,
            size_px: size(project, self.scale),
            engine: self.engine,
            layers: self.layers.clone(),
            raster,
            background: self.colour.map(|[r, g, b]| format!("#{r:02x}{g:02x}{b:02x}")),
            silent: !self.sound,
            replace: self.replace.as_ref() == Some(&self.target),
        }
    }
}

/// The pictures' size, even so that every video takes it.
fn size(project: &Project, scale: f32) -> [u32; 2] {
    project.frame_px.map(|px| match scale {
        1.0 => px,
        _ => ((px as f32 * scale / 2.0).round() as u32 * 2).clamp(2, LARGEST_PX),
    })
}
