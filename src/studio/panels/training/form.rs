//! A training that is to begin: what learns, for what purpose and how long, from whom; every number, if one likes.

use super::{sentence, status};
use crate::psgan::{LARGEST_PX, scales};
use crate::studio::panels::Context;
use crate::studio::workers::learner::fitted;
use crate::studio::{Ask, NewTraining, Picked, TrainCommand};
use crate::train::data::Stage;
use crate::train::{PRESETS, Preset, RunView, Settings, Taught};
use egui::{DragValue, Grid};
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

/// Sides of pictures, pixels, in steps of 32.
const SIDES_PX: RangeInclusive<usize> = 32..=512;
const SIDE_STEP_PX: usize = 32;
const STEPS: RangeInclusive<u64> = 1..=10_000_000;

/// What became of the form in a frame.
pub(super) enum Filled {
    Open,
    Sent,
    Cancelled,
}

/// A training that is to begin.
pub(super) struct Form {
    name: String,
    /// What it is to be called if nobody says otherwise.
    named_by_itself: bool,
    settings: Settings,
    /// Folders with figures, besides those that the settings name.
    figures: Vec<PathBuf>,
    licence: String,
    /// The training that it is like, and its last checkpoint.
    like: Option<Like>,
    begin_with: bool,
    /// How many of the things that were chosen are in here.
    taken: usize,
}

struct Like {
    name: String,
    graph: Taught,
    /// Steps, and the file.
    checkpoint: Option<(u64, PathBuf)>,
}

impl Form {
    /// As the first preset has it.
    pub(super) fn new(context: &Context<'_>) -> Self {
        let settings = fitted(&PRESETS[0]);
        Self {
            name: proposed(&settings),
            named_by_itself: true,
            settings,
            figures: vec![],
            licence: String::new(),
            like: None,
            begin_with: false,
            taken: context.content.training_picks.len(),
        }
    }

    /// Like another training.
    pub(super) fn like(view: &RunView, context: &Context<'_>) -> Self {
        let checkpoint =
            view.checkpoints.last().map(|pin| (pin.step, view.path.join(format!("checkpoints/{:08}", pin.step))));
        Self {
            name: view.name.clone(),
            named_by_itself: false,
            settings: (*view.settings).clone(),
            like: Some(Like { name: view.name.clone(), graph: view.settings.graph, checkpoint }),
            ..Self::new(context)
        }
    }

    pub(super) fn ui(&mut self, ui: &mut egui::Ui, context: &mut Context<'_>) -> Filled {
        for (what, path) in context.content.training_picks.iter().skip(self.taken) {
            match what {
                Picked::Figures if !self.figures.contains(path) => self.figures.push(path.clone()),
                Picked::Figures => {}
                Picked::Detector => self.settings.detector = Some(path.clone()),
            }
        }
        self.taken = context.content.training_picks.len();
        let mut filled = Filled::Open;
        egui::ScrollArea::vertical().id_salt("new training").auto_shrink(false).show(ui, |ui| {
            ui.heading(match &self.like {
                Some(like) => format!("A training like {}", like.name),
                None => "New training".into(),
            });
            self.purpose(ui);
            ui.horizontal(|ui| {
                let label = ui.label("Name");
                let name = ui.add(egui::TextEdit::singleline(&mut self.name).desired_width(220.0).char_limit(80));
                self.named_by_itself &= !name.labelled_by(label.id).changed();
            });
            self.sources(ui, context);
            self.first_checkpoint(ui);
            egui::CollapsingHeader::new("Every number").show(ui, |ui| numbers(ui, &mut self.settings));
            ui.separator();
            let problem = self.problem();
            if let Some(problem) = &problem {
                ui.colored_label(ui.visuals().error_fg_color, problem);
            }
            let memory_gb = self.settings.memory_bytes() as f64 / 1e9;
            ui.weak(format!("It takes about {memory_gb:.1} GB of memory while it learns."));
            ui.weak(
                "It learns in the background with low priority, goes on when this window is closed, and can be paused \
                 at any time.",
            );
            ui.horizontal(|ui| {
                if ui.add_enabled(problem.is_none(), egui::Button::new("Begin")).clicked() {
                    context.commands.send(TrainCommand::Begin(Box::new(self.training())));
                    filled = Filled::Sent;
                }
                if ui.button("Cancel").clicked() {
                    filled = Filled::Cancelled;
                }
            });
        });
        filled
    }

    /// What learns, for what and how long.
    fn purpose(&mut self, ui: &mut egui::Ui) {
        ui.add_space(4.0);
        ui.strong("What is to learn");
        for (graph, label) in [
            (Taught::Detector, "The detector, which finds what drawings show"),
            (Taught::Refiner, "The refiner, which looks once more at what the detector found"),
            (Taught::Renderer, "The renderer, which paints the picture"),
            (Taught::Psgan, "The inventor, which makes up characters"),
        ] {
            if ui.radio(self.settings.graph == graph, label).clicked() && self.settings.graph != graph {
                self.take(presets(graph).next());
            }
        }
        ui.add_space(4.0);
        ui.strong("For what, and how long");
        for preset in presets(self.settings.graph) {
            if ui.radio(self.settings.preset == preset.name, sentence(preset.about)).clicked() {
                self.take(Some(preset));
            }
        }
    }

    fn take(&mut self, preset: Option<&Preset>) {
        let Some(preset) = preset else { return };
        let before = std::mem::replace(&mut self.settings, fitted(preset));
        self.settings.figures = before.figures;
        self.settings.detector = before.detector.filter(|_| self.settings.graph == Taught::Renderer);
        if self.named_by_itself {
            self.name = proposed(&self.settings);
        }
    }

    /// From whom it learns.
    fn sources(&mut self, ui: &mut egui::Ui, context: &mut Context<'_>) {
        ui.add_space(4.0);
        ui.strong("From whom");
        ui.label(match self.settings.graph {
            Taught::Psgan => "A cast of generated characters, and figures of your own, if you give some.",
            _ => {
                "Generated characters without end; a quarter of all views shows figures of your own, if you give some."
            }
        });
        if !self.settings.figures.is_empty() {
            ui.horizontal(|ui| {
                ui.label(format!("{} figures as before", self.settings.figures.len()));
                if ui.small_button("Without them").clicked() {
                    self.settings.figures.clear();
                }
            });
        }
        let mut gone = None;
        for (number, folder) in self.figures.iter().enumerate() {
            ui.horizontal(|ui| {
                path(ui, folder);
                if ui.small_button("Remove").clicked() {
                    gone = Some(number);
                }
            });
        }
        gone.map(|number| self.figures.remove(number));
        if ui.button("Add a folder of figures…").on_hover_text("VRM, PMX, PMD, glTF and OBJ files in it").clicked() {
            context.commands.send(Ask::TrainFrom(Picked::Figures));
        }
        if !self.figures.is_empty() {
            ui.horizontal(|ui| {
                let label = ui.label("Their licence and whom to name");
                let licence = egui::TextEdit::singleline(&mut self.licence).desired_width(220.0).char_limit(2000);
                ui.add(licence.hint_text("for the record beside the weights")).labelled_by(label.id);
            });
        }
        if self.settings.graph != Taught::Renderer {
            return;
        }
        ui.horizontal(|ui| match &self.settings.detector {
            Some(file) => {
                ui.label("Sheets as this detector sees them:");
                path(ui, file);
                if ui.small_button("None").on_hover_text("Exact UDPs, made unsure by lot").clicked() {
                    self.settings.detector = None;
                }
            }
            None => {
                ui.label("Sheets with exact UDPs, made unsure by lot");
                let choose = ui.button("Choose a detector…");
                if choose.on_hover_text("Its mistakes are those that the renderer learns to mend").clicked() {
                    context.commands.send(Ask::TrainFrom(Picked::Detector));
                }
            }
        });
    }

    fn first_checkpoint(&mut self, ui: &mut egui::Ui) {
        let Some((step, _)) = self.checkpoint() else { return };
        let label = format!("Begin with what it had learned after {} steps", status::count(*step));
        ui.checkbox(&mut self.begin_with, label).on_hover_text("Steps are counted on from there");
    }

    /// The checkpoint that it may begin with.
    fn checkpoint(&self) -> Option<&(u64, PathBuf)> {
        self.like.as_ref().filter(|like| like.graph == self.settings.graph)?.checkpoint.as_ref()
    }

    /// Why it can't begin.
    fn problem(&self) -> Option<String> {
        if self.name.trim().is_empty() {
            return Some("Give it a name".into());
        }
        if let Err(problem) = self.settings.check() {
            return Some(sentence(&problem));
        }
        let begins_with = self.checkpoint().filter(|_| self.begin_with);
        let over = begins_with.is_some_and(|(step, _)| *step >= self.settings.rates.steps);
        over.then(|| "All steps would be done already: give it more".into())
    }

    fn training(&self) -> NewTraining {
        NewTraining {
            name: self.name.trim().to_owned(),
            settings: self.settings.clone(),
            figures: self.figures.clone(),
            licence: self.licence.clone(),
            from: self.checkpoint().filter(|_| self.begin_with).map(|(_, file)| file.clone()),
        }
    }
}

fn presets(graph: Taught) -> impl Iterator<Item = &'static Preset> {
    PRESETS.iter().filter(move |preset| preset.settings().graph == graph)
}

fn proposed(settings: &Settings) -> String {
    let what = match settings.graph {
        Taught::Detector => "Detector",
        Taught::Refiner => "Refiner",
        Taught::Renderer => "Renderer",
        Taught::Sheet => "Sheet",
        Taught::Psgan => "Inventor",
        Taught::Cinn => "Paper's renderer",
        Taught::Pg2 => "PG²",
        Taught::Keypoints => "Keypoints",
    };
    let preset = settings.preset.trim_start_matches("renderer").trim_start_matches("psgan");
    format!("{what} {}", preset.trim_start_matches('-')).trim().to_owned()
}

/// A path by its last name, whole where the pointer rests.
fn path(ui: &mut egui::Ui, path: &Path) {
    let whole = path.to_string_lossy();
    let name = path.file_name().map_or(whole.clone(), |name| name.to_string_lossy());
    ui.label(crate::text::line(&name).as_ref()).on_hover_text(crate::text::line(&whole).as_ref());
}

/// Every number of a training.
fn numbers(ui: &mut egui::Ui, settings: &mut Settings) {
    let choices = sides_of(settings.graph);
    Grid::new("numbers").num_columns(2).show(ui, |ui| {
        let rates = &mut settings.rates;
        row(ui, "Steps", "How many there are in all", DragValue::new(&mut rates.steps).range(STEPS).speed(20.0));
        let highest = DragValue::new(&mut rates.highest).range(1e-6..=0.1).speed(1e-5).max_decimals(6);
        row(ui, "Highest rate", "How far a step goes at the most", highest);
        let lowest = DragValue::new(&mut rates.lowest).range(0.0..=0.1).speed(1e-6).max_decimals(7);
        row(ui, "Lowest rate", "How far it goes at the end", lowest);
        row(ui, "Warm-up", "Steps until the highest rate", DragValue::new(&mut rates.warm_up).range(0..=100_000));
        let mut falls = rates.fall.unwrap_or(0);
        let fall = row(
            ui,
            "Steps of falling rate",
            "The last steps, in which the rate falls; 0: from the warm-up on",
            DragValue::new(&mut falls).range(0..=10_000_000).speed(20.0),
        );
        if fall.changed() {
            rates.fall = (falls > 0).then_some(falls);
        }
        let decay = DragValue::new(&mut settings.decay).range(0.0..=1.0).speed(1e-5).max_decimals(6);
        row(ui, "Decay", "How fast weights shrink, times the rate", decay);
        row(
            ui,
            "Clip",
            "Gradients are no longer than this",
            DragValue::new(&mut settings.clip).range(0.01..=1e6).speed(0.05),
        );
        let average = DragValue::new(&mut settings.average).range(0.0..=0.99999).speed(1e-4).max_decimals(5);
        row(ui, "Average", "How much of the average stays at a step", average);
        row(ui, "Seed", "Everything by lot follows from it", DragValue::new(&mut settings.seed));
        row(
            ui,
            "Threads that learn",
            "Another number, another sum in the last digit",
            DragValue::new(&mut settings.threads).range(1..=1024),
        );
        row(
            ui,
            "Threads that draw",
            "They make the pictures that are learned from",
            DragValue::new(&mut settings.makers).range(1..=256),
        );
        row(
            ui,
            "Steps between measures",
            "On characters that nothing is learned from",
            DragValue::new(&mut settings.measure_every).range(STEPS),
        );
        side(ui, "Side of measured pictures", &choices, &mut settings.measure_px);
        row(
            ui,
            "Steps between checkpoints",
            "The three best and the last two are kept",
            DragValue::new(&mut settings.save_every).range(STEPS),
        );
    });
    ui.label("Stages: from which step on, pictures how large, and how many a step");
    let mut gone = None;
    let all = settings.stages.len();
    for (number, stage) in settings.stages.iter_mut().enumerate() {
        ui.horizontal(|ui| {
            ui.add_enabled(number > 0, DragValue::new(&mut stage.from).speed(20.0).prefix("from step "));
            sides(ui, number, &choices, &mut stage.size_px);
            ui.add(DragValue::new(&mut stage.batch).range(1..=512).suffix(" a step"));
            if all > 1 && number > 0 && ui.small_button("Remove").clicked() {
                gone = Some(number);
            }
        });
    }
    gone.map(|number| settings.stages.remove(number));
    if ui.small_button("Add a stage").clicked()
        && let Some(last) = settings.stages.last().copied()
    {
        settings.stages.push(Stage { from: last.from + 1000, ..last });
    }
}

fn row(ui: &mut egui::Ui, label: &str, tip: &str, value: DragValue<'_>) -> egui::Response {
    let label = ui.label(label).on_hover_text(tip);
    let value = ui.add(value).labelled_by(label.id).on_hover_text(tip);
    ui.end_row();
    value
}

fn side(ui: &mut egui::Ui, label: &str, choices: &[usize], side_px: &mut usize) {
    ui.label(label);
    sides(ui, usize::MAX, choices, side_px);
    ui.end_row();
}

/// The sides of the pictures that a graph may learn from.
fn sides_of(graph: Taught) -> Vec<usize> {
    match graph {
        Taught::Psgan => scales(LARGEST_PX).collect(),
        _ => SIDES_PX.step_by(SIDE_STEP_PX).collect(),
    }
}

fn sides(ui: &mut egui::Ui, number: usize, choices: &[usize], side_px: &mut usize) {
    egui::ComboBox::from_id_salt(("side", number)).selected_text(format!("{side_px}²")).width(64.0).show_ui(ui, |ui| {
        for &choice in choices {
            ui.selectable_value(side_px, choice, format!("{choice}²"));
        }
    });
}
