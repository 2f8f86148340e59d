//! Characters that nobody has drawn yet, in the pose of the figure: a wall of candidates, mixed, varied, kept as drawings.

mod wall;
mod worker;

use super::poses::in_words;
use super::{Context, Home, Panel, Registration};
use crate::pose::{CameraView, library};
use crate::psgan::Generator;
use crate::raster::Stance;
use crate::studio::content::Loaded;
use crate::studio::{Ask, InventCommand, Invention, PanelKind, WindowCommand};
use egui::Ui;
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;
use wall::Wall;
use worker::{Answer, Inventor, Wish};

/// The poses of a sheet at first, beside the current one.
const SHEET: [&str; 3] = ["a", "stand", "walk"];

pub(super) static PANEL: Registration = Registration {
    title: "Invent",
    tip: "Characters that nobody has drawn yet, in the pose of the figure",
    key: None,
    home: Home::UpperRight,
    new: || Box::new(InventPanel::default()),
};

/// Inventing.
struct InventPanel {
    /// Begins to work when the panel is first seen.
    worker: Option<Inventor>,
    weights: Option<PathBuf>,
    /// Counts the readings of weights.
    reading: u64,
    generator: Loaded<Arc<Generator>>,
    /// Why nobody could be invented last.
    problem: Option<String>,
    wall: Wall,
    /// The library's poses that a sheet is made of.
    sheet: BTreeSet<&'static str>,
}

impl Default for InventPanel {
    fn default() -> Self {
        Self {
            worker: None,
            weights: None,
            reading: 0,
            generator: Loaded::None,
            problem: None,
            wall: Wall::default(),
            sheet: SHEET.into(),
        }
    }
}

impl Panel for InventPanel {
    fn ui(&mut self, ui: &mut Ui, context: &mut Context<'_>) {
        let view = context.seen.orbit().unwrap_or(context.project.camera).view();
        let posture = context.content.stance.clone().map(|stance| (stance, view));
        self.follow(ui.ctx(), context, posture.clone());
        egui::ScrollArea::vertical().auto_shrink(false).show(ui, |ui| match &self.generator {
            Loaded::None | Loaded::Loading => {
                ui.spinner();
            }
            Loaded::Failed(_) if self.weights.is_none() => {
                ui.label(
                    "Nobody can be invented yet: the network that does it is not part of the program so far. Open its \
                     weights if you have some, or let one learn in the background, which takes a day or two.",
                );
                ui.horizontal_wrapped(|ui| {
                    open_button(ui, context);
                    let learn = ui.button("Let one learn…").on_hover_text("In the Training panel: the preset psgan");
                    if learn.clicked() {
                        context.commands.send(WindowCommand::ShowPanel(PanelKind::Training));
                    }
                });
            }
            Loaded::Failed(why) => {
                ui.label(why);
                ui.horizontal_wrapped(|ui| {
                    open_button(ui, context);
                    let again = ui.button("Read again").on_hover_text("After the file was mended or brought back");
                    if again.clicked() {
                        (self.reading, self.generator) = (self.reading + 1, Loaded::Loading);
                    }
                });
            }
            Loaded::Ready(generator) => {
                let generator = generator.clone();
                match posture {
                    Some(posture) => self.inventing(ui, context, &generator, posture),
                    None => _ = ui.weak("Open a figure, or take the stand-in: it says how the candidates stand."),
                }
            }
        });
    }
}

/// Lets another generator be chosen.
fn open_button(ui: &mut Ui, context: &mut Context<'_>) {
    if ui.button("Open weights…").on_hover_text("A weight file (.safetensors) that invents characters").clicked() {
        context.commands.send(Ask::Generator);
    }
}

impl InventPanel {
    /// Asks for what is to be seen, and takes what has come.
    fn follow(&mut self, ctx: &egui::Context, context: &Context<'_>, posture: Option<(Arc<Stance>, CameraView)>) {
        let weights = &context.settings.generator;
        if self.worker.is_none() || self.weights != *weights {
            self.weights.clone_from(weights);
            self.generator = Loaded::Loading;
        }
        let wake = ctx.clone();
        let worker = self.worker.get_or_insert_with(|| Inventor::start(move || wake.request_repaint()));
        while let Some(answer) = worker.poll() {
            match answer {
                Answer::Generator(Ok(generator)) => self.generator = Loaded::Ready(generator),
                Answer::Generator(Err(why)) => self.generator = Loaded::Failed(why),
                Answer::Invented(latent, image) => {
                    self.problem = None;
                    self.wall.hang(&latent, &image);
                }
                Answer::Failed(why) => self.problem = Some(why),
            }
        }
        let (weights, reading, latents) = (self.weights.clone(), self.reading, self.wall.latents());
        worker.wish(Wish { weights, reading, posture, latents });
    }

    fn inventing(
        &mut self,
        ui: &mut Ui,
        context: &mut Context<'_>,
        generator: &Arc<Generator>,
        (stance, view): (Arc<Stance>, CameraView),
    ) {
        self.tools(ui, context);
        if let Some(problem) = &self.problem {
            ui.colored_label(ui.visuals().warn_fg_color, problem);
        }
        let (current, sheet) = (self.wall.current(), &mut self.sheet);
        self.wall.chosen_ui(ui, |ui| {
            let Some(candidate) = current else { return };
            let mut keep = |poses: Vec<&'static str>| {
                let (generator, candidate, stance) = (generator.clone(), candidate.clone(), stance.clone());
                context.commands.send(InventCommand::Keep(Invention { generator, candidate, stance, view, poses }));
            };
            let tip = "Into the character sheet: cut out from white, with the Ultra-Dense Pose of the figure";
            if ui.button("Keep as drawing").on_hover_text(tip).clicked() {
                keep(vec![]);
            }
            let menu = super::menu(ui, "Keep as sheet", |ui| {
                ui.weak("In the current pose, and in:");
                for name in library::names() {
                    let mut wanted = sheet.contains(name);
                    if ui.checkbox(&mut wanted, in_words(name)).changed() {
                        if wanted {
                            sheet.insert(name)
                        } else {
                            sheet.remove(name)
                        };
                    }
                }
                let count = sheet.len() + 1;
                let label = if count == 1 { "Keep 1 drawing".to_owned() } else { format!("Keep {count} drawings") };
                if ui.button(label).clicked() {
                    keep(library::names().into_iter().filter(|name| sheet.contains(name)).collect());
                    ui.close();
                }
            });
            menu.on_hover_text("The same character in several poses at once: a sheet to paint every other pose from");
        });
        ui.separator();
        self.wall.ui(ui);
    }

    /// What concerns all candidates.
    fn tools(&mut self, ui: &mut Ui, context: &mut Context<'_>) {
        ui.horizontal_wrapped(|ui| {
            let tip = match self.wall.locked() {
                0 => "Twelve others".to_owned(),
                locked => format!("Others for all but the {locked} that are locked"),
            };
            if ui.button("Reseed").on_hover_text(tip).clicked() {
                self.wall.reseed();
            }
            let any = self.wall.current().is_some();
            let vary = ui.add_enabled(any, egui::Button::new("Vary"));
            let vary = vary.on_hover_text("Others like the chosen one, for all that are not locked");
            if vary.on_disabled_hover_text("Choose somebody first").clicked() {
                self.wall.vary();
            }
            open_button(ui, context);
        });
    }
}
