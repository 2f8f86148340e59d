//! Small windows over the panels: keys, about, the figure's licence, recovery, and missing files.

use super::actions;
use super::commands::{DocumentCommand, Outbox, Outside};
use super::content::{Content, Loaded};
use super::dialogs::Ask;
use crate::example;
use crate::project::Project;
use crate::project::session::Leftover;
use crate::text;
use egui::Align2;
use std::path::PathBuf;

/// What the list of keys leaves of the window's height to what stands above it, and to its frame.
const KEYS_FRAME: f32 = 320.0;

/// Which windows are open.
#[derive(Default)]
pub(super) struct Windows {
    pub(super) keys: bool,
    pub(super) about: bool,
    pub(super) licence: bool,
    /// Unsaved work of dead windows.
    pub(super) leftovers: Vec<Leftover>,
    /// The project is to be collected there, and these files lie outside its folder.
    pub(super) outside: Option<(PathBuf, Vec<PathBuf>)>,
    /// A project was opened: what it misses is listed.
    pub(super) missing: bool,
    /// There is something to list.
    missing_shown: bool,
}

impl Windows {
    /// Draws those that are open.
    pub(super) fn show(&mut self, ctx: &egui::Context, project: &Project, content: &Content, outbox: &mut Outbox) {
        self.escape(ctx);
        self.keys(ctx);
        self.about(ctx);
        self.licence(ctx, content);
        self.leftovers(ctx, outbox);
        self.missing(ctx, project, content, outbox);
        self.outside(ctx, outbox);
    }

    /// Something is shown that the tour would lie over.
    pub(super) fn any(&self) -> bool {
        self.keys
            || self.about
            || self.licence
            || self.missing_shown
            || !self.leftovers.is_empty()
            || self.outside.is_some()
    }

    /// Escape closes one after the other, what lies on top first. Unsaved work that was found is kept, and offered again
    /// the next time.
    fn escape(&mut self, ctx: &egui::Context) {
        let menu = egui::Popup::is_any_open(ctx);
        if menu || !self.any() || !ctx.input_mut(|input| input.consume_key(egui::Modifiers::NONE, egui::Key::Escape)) {
            return;
        }
        if self.outside.is_some() {
            self.outside = None;
        } else if self.missing_shown {
            self.missing = false;
        } else if !self.leftovers.is_empty() {
            self.leftovers.clear();
        } else if let Some(open) = [&mut self.licence, &mut self.about, &mut self.keys].into_iter().find(|open| **open)
        {
            *open = false;
        }
    }

    fn keys(&mut self, ctx: &egui::Context) {
        window("Keys and mouse", &mut self.keys).show(ctx, |ui| {
            ui.strong("In the pose panel");
            for (what, does) in [
                ("Drag a round handle", "pulls a hand, a foot, the hips, the chest or the head"),
                ("Drag a ring", "rotates the selected bone; with Ctrl in steps of 15°"),
                ("Click a bone", "selects it"),
                ("Right button, or left on nothing", "looks from another side"),
                ("Middle button, or Shift and right", "moves the view"),
                ("Wheel", "comes nearer to what is under the pointer, or goes away"),
                ("Alt alone, or F10", "opens the menus; arrows go through them"),
            ] {
                ui.horizontal(|ui| {
                    ui.label(what);
                    ui.weak(does);
                });
            }
            ui.separator();
            let height = (ctx.content_rect().height() - KEYS_FRAME).max(120.0);
            egui::ScrollArea::vertical().max_height(height).min_scrolled_height(height).show(ui, |ui| {
                egui::Grid::new("keys").striped(true).show(ui, |ui| {
                    for action in actions::all() {
                        if let Some(key) = action.key {
                            ui.monospace(actions::shown(ctx, &key));
                            ui.label(&action.label);
                            ui.end_row();
                        }
                    }
                });
            });
        });
    }

    fn about(&mut self, ctx: &egui::Context) {
        window("About Settei", &mut self.about).show(ctx, |ui| {
            ui.heading(format!("Settei {}", env!("CARGO_PKG_VERSION")));
            ui.label("Draw an anime character once, see it in any pose.");
            ui.add_space(4.0);
            ui.label("The neural renderer follows CoNR: Collaborative Neural Rendering using Anime Character Sheets.");
            ui.label("Settei's licence: MIT or Apache 2.0, as you like.");
            ui.horizontal_wrapped(|ui| {
                ui.spacing_mut().item_spacing.x = 0.0;
                ui.label("The example, Mio and her drawings: ");
                ui.hyperlink_to(example::LICENCE, example::LICENCE_URL);
                ui.label(". Use them for anything.");
            });
        });
    }

    fn licence(&mut self, ctx: &egui::Context, content: &Content) {
        window("What the figure's author allows", &mut self.licence).show(ctx, |ui| {
            let Some(subject) = content.subject() else {
                ui.label("No figure is loaded.");
                return;
            };
            let licence = &subject.figure().licence;
            if !licence.title.is_empty() {
                ui.heading(text::line(&licence.title));
            }
            if !licence.authors.is_empty() {
                ui.label(format!("By {}", text::line(&licence.authors.join(", "))));
            }
            for sentence in &licence.forbids {
                ui.colored_label(ui.visuals().warn_fg_color, sentence);
            }
            if licence.terms.is_empty() && licence.forbids.is_empty() {
                ui.label("The file says nothing about it. Ask its author before you publish.");
            }
            egui::ScrollArea::vertical().max_height(320.0).show(ui, |ui| {
                egui::Grid::new("terms").num_columns(2).striped(true).show(ui, |ui| {
                    for (name, term) in &licence.terms {
                        ui.weak(name);
                        ui.add(egui::Label::new(text::plain(term)).wrap());
                        ui.end_row();
                    }
                });
            });
        });
    }

    fn leftovers(&self, ctx: &egui::Context, outbox: &mut Outbox) {
        if self.leftovers.is_empty() {
            return;
        }
        egui::Window::new("Unsaved work was found")
            .collapsible(false)
            .resizable(false)
            .anchor(Align2::CENTER_CENTER, [0.0, 0.0])
            .show(ctx, |ui| {
                ui.label("Settei ended before this was saved:");
                for (i, leftover) in self.leftovers.iter().enumerate() {
                    ui.horizontal(|ui| {
                        let name = leftover.path.as_ref().map_or_else(
                            || "a project without a name".into(),
                            |path| text::line(&path.file_name().unwrap_or_default().to_string_lossy()).into_owned(),
                        );
                        ui.label(name).on_hover_text(
                            leftover.path.as_ref().map_or_else(String::new, |path| path.display().to_string()),
                        );
                        ui.weak(ago(leftover.written_s));
                        if ui
                            .button("Recover")
                            .on_hover_text("Open it; nothing is overwritten until you save")
                            .clicked()
                        {
                            outbox.send(DocumentCommand::Recover(i));
                        }
                        if ui.button("Throw away").on_hover_text("This can't be undone").clicked() {
                            outbox.send(DocumentCommand::DiscardLeftover(i));
                        }
                    });
                }
            });
    }

    fn outside(&mut self, ctx: &egui::Context, outbox: &mut Outbox) {
        let Some((target, files)) = &self.outside else { return };
        let mut answered = false;
        let modal = egui::Modal::new(egui::Id::unique("outside")).show(ctx, |ui| {
            ui.set_width(440.0);
            ui.heading("Copy these files too?");
            ui.label("They lie outside the project's folder. Whoever made the project chose them.");
            egui::ScrollArea::vertical().max_height(280.0).show(ui, |ui| {
                for file in files {
                    ui.label(text::line(&file.to_string_lossy()));
                }
            });
            ui.add_space(8.0);
            ui.horizontal(|ui| {
                for (label, outside, tip) in [
                    ("Copy them too", Outside::Take, "Everything the project needs goes along"),
                    (
                        "Leave them out",
                        Outside::Leave,
                        "The rest is collected; the project goes on naming them where they are",
                    ),
                ] {
                    if ui.button(label).on_hover_text(tip).clicked() {
                        outbox.send(DocumentCommand::Collect(target.clone(), outside));
                        answered = true;
                    }
                }
                answered |= ui.button("Cancel").clicked();
            });
        });
        if answered || modal.should_close() {
            self.outside = None;
        }
    }

    fn missing(&mut self, ctx: &egui::Context, project: &Project, content: &Content, outbox: &mut Outbox) {
        let drawings = project.sheet.iter().map(|drawing| &drawing.source);
        let drawings: Vec<_> =
            drawings.filter(|source| content.drawing(source).is_some_and(|state| state.missing)).collect();
        let figure = matches!((&project.figure, &content.figure), (Some(_), Loaded::Failed(_)));
        let motion = project.animation.take.as_ref().map(|take| &take.source);
        let motion = motion.filter(|_| matches!(content.take.file, Loaded::Failed(_)));
        let second = project.animation.fading().map(|fade| &fade.take.source);
        let second = second.filter(|_| matches!(content.second.file, Loaded::Failed(_)));
        let camera = content.camera_source.as_ref().filter(|_| matches!(content.camera, Loaded::Failed(_)));
        let moves = [
            (motion, Ask::Motion, "the motion"),
            (second, Ask::SecondMotion, "the second motion"),
            (camera, Ask::CameraMotion, "the camera's motion"),
        ];
        let sound = project.sound.as_ref().filter(|_| matches!(content.sound, Loaded::Failed(_)));
        let moves = moves.into_iter().filter_map(|(source, ask, what)| Some((source?.name(), ask, what)));
        let mut moves: Vec<_> = moves.collect();
        moves.extend(sound.map(|sound| (sound.name(), Ask::Sound, "the sound")));
        self.missing_shown = self.missing && (!drawings.is_empty() || figure || !moves.is_empty());
        if !self.missing_shown {
            return;
        }
        window("Files are missing", &mut self.missing).show(ctx, |ui| {
            ui.label("They were moved, renamed or deleted since this project was saved:");
            if let (true, Some(source)) = (figure, &project.figure) {
                ui.horizontal(|ui| {
                    ui.label(source.name());
                    if ui.button("Locate…").on_hover_text("Choose where the figure is now").clicked() {
                        outbox.send(Ask::Figure);
                    }
                });
            }
            for (name, ask, what) in moves {
                ui.horizontal(|ui| {
                    ui.label(name);
                    if ui.button("Locate…").on_hover_text(format!("Choose where {what} is now")).clicked() {
                        outbox.send(ask);
                    }
                });
            }
            egui::ScrollArea::vertical().max_height(320.0).show(ui, |ui| {
                for source in drawings {
                    ui.horizontal(|ui| {
                        let path = source.path().map_or_else(String::new, |path| path.display().to_string());
                        ui.label(source.name()).on_hover_text(path);
                        if ui.button("Locate…").on_hover_text("Choose where the drawing is now").clicked() {
                            outbox.send(Ask::Replace(source.clone()));
                        }
                    });
                }
            });
        });
    }
}

fn window<'a>(title: &'a str, open: &'a mut bool) -> egui::Window<'a> {
    egui::Window::new(title)
        .open(open)
        .collapsible(false)
        .resizable(false)
        .default_width(440.0)
        .anchor(Align2::CENTER_CENTER, [0.0, 0.0])
}

/// How long ago, in words.
fn ago(written_s: u64) -> String {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default().as_secs();
    match now.saturating_sub(written_s) {
        0..90 => "just now".into(),
        s @ 90..5400 => format!("{} minutes ago", s / 60),
        s @ 5400..172_800 => format!("{} hours ago", s / 3600),
        s => format!("{} days ago", s / 86_400),
    }
}
