//! Trainings: what learns, how far it is, whether it gets better, and what came of it in the preview.

mod form;
mod plots;
mod samples;
mod status;

use super::{Context, Home, Panel, Registration};
use crate::studio::workers::Training;
use crate::studio::{Ask, TrainCommand};
use crate::train::{MOST_DRAWINGS, RunView, SHEET_PRESETS, Standing, Taught};
use egui::{Key, RichText};
use form::{Filled, Form};
use samples::Strip;
pub(super) use status::time;
use std::path::PathBuf;
use std::sync::Arc;

pub(super) static PANEL: Registration = Registration {
    title: "Training",
    tip: "Networks that learn on this machine: begun, followed and tried",
    key: Some(Key::F12),
    home: Home::Middle,
    new: || Box::new(TrainingPanel::default()),
};

/// Height of the list of trainings, points.
const LIST_HEIGHT: f32 = 118.0;
/// Happenings that are shown.
const HAPPENINGS: usize = 40;

struct LastSteps(u64);

impl Default for LastSteps {
    fn default() -> Self {
        Self(3_000)
    }
}

/// Trainings.
#[derive(Default)]
pub(super) struct TrainingPanel {
    /// A training that is to begin.
    form: Option<Form>,
    /// The one that was sent last, for when it is refused, and how many had been refused before.
    sent: Option<(Form, usize)>,
    /// It is asked whether this one is to be thrown away.
    discarding: Option<PathBuf>,
    /// Of which training which checkpoint was chosen.
    chosen: Option<(PathBuf, u64)>,
    /// The training whose lines are drawn beside those of the one that is looked at.
    beside: Option<PathBuf>,
    strip: Strip,
    /// Steps in which one that has no end is to come to its end.
    last_steps: LastSteps,
    /// All numbers of which training, in words.
    numbers: Option<(Arc<crate::train::Settings>, String)>,
}

impl Panel for TrainingPanel {
    fn ui(&mut self, ui: &mut egui::Ui, context: &mut Context<'_>) {
        if let Some(form) = &mut self.form {
            match form.ui(ui, context) {
                Filled::Open => {}
                Filled::Sent => self.sent = self.form.take().map(|form| (form, context.content.trainings_refused)),
                Filled::Cancelled => self.form = None,
            }
            return;
        }
        // What was typed is there again when it could not begin.
        if let Some((form, _)) = self.sent.take_if(|(_, refused)| *refused < context.content.trainings_refused) {
            self.form = Some(form);
        }
        let trainings = context.content.trainings.clone();
        ui.horizontal(|ui| {
            let new = ui
                .button("New training…")
                .on_hover_text("Let the detector, the renderer or what invents characters learn");
            if new.clicked() {
                self.form = Some(Form::new(context));
            }
            if ui.button("Open…").on_hover_text("A training's folder from another place or machine").clicked() {
                context.commands.send(Ask::Training);
            }
            tune(ui, context);
        });
        let Some(trainings) = trainings else {
            ui.weak("Looking for trainings…");
            return;
        };
        if trainings.is_empty() {
            ui.label(
                "Settei's networks come trained. Here they learn more: from generated characters and from your own \
                 figures, in the background, for as long as you like. Nothing is sent anywhere.",
            );
            return;
        }
        let under_way = || trainings.iter().find(|t| t.view.as_ref().is_ok_and(|view| view.standing.is_under_way()));
        let looked_at = context.display.training.as_ref();
        let looked_at = trainings.iter().find(|training| Some(&training.path) == looked_at);
        let Some(training) = looked_at.or_else(under_way).or(trainings.first()) else { return };
        if Some(&training.path) != context.display.training.as_ref() {
            context.commands.send(TrainCommand::Show(training.path.clone()));
        }
        list(ui, context, &trainings, training);
        ui.separator();
        egui::ScrollArea::vertical().id_salt("training").auto_shrink(false).show(ui, |ui| match &training.view {
            Ok(view) => self.details(ui, context, training, view, &trainings),
            Err(why) => {
                ui.colored_label(ui.visuals().error_fg_color, crate::text::line(why).as_ref());
                ui.horizontal(|ui| self.last_buttons(ui, context, training, None));
            }
        });
        self.ask_before_discarding(ui, context);
    }
}

/// The renderer learns the drawings of the sheet: for how long.
fn tune(ui: &mut egui::Ui, context: &mut Context<'_>) {
    let few = (1..=MOST_DRAWINGS).contains(&context.content.views.len());
    let menu = ui.add_enabled_ui(few, |ui| {
        ui.menu_button("Fine-tune on my sheet", |ui| {
            for preset in &SHEET_PRESETS {
                let label = format!("{}, {}", sentence(preset.name), preset.takes());
                if ui.button(label).on_hover_text(TUNING).clicked() {
                    context.commands.send(TrainCommand::BeginSheet(preset.name));
                    ui.close();
                }
            }
        })
    });
    let why = format!("It learns from 1 to {MOST_DRAWINGS} drawings in use whose background is transparent");
    menu.inner.response.on_hover_text(TUNING).on_disabled_hover_text(why);
}

const TUNING: &str = "The renderer learns your character's colours, lines and eyes from the drawings in use, in the background. \
                      You see what it gains before you use it";

/// All trainings, a line each.
fn list(ui: &mut egui::Ui, context: &mut Context<'_>, trainings: &[Training], shown: &Training) {
    egui::ScrollArea::vertical().id_salt("trainings").max_height(LIST_HEIGHT).show(ui, |ui| {
        ui.set_width(ui.available_width());
        for training in trainings {
            ui.horizontal(|ui| {
                let name = training.view.as_ref().map_or_else(
                    |_| training.path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
                    |view| view.name.clone(),
                );
                let name = crate::text::line(&name).into_owned();
                let row = ui.selectable_label(training.path == shown.path, &name);
                if row.on_hover_text(training.path.display().to_string()).clicked() {
                    context.commands.send(TrainCommand::Show(training.path.clone()));
                }
                ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| match &training.view {
                    Ok(view) => {
                        ui.add(egui::ProgressBar::new(status::share(view)).desired_width(90.0).desired_height(10.0));
                        ui.weak(status::in_short(view));
                    }
                    Err(_) => {
                        ui.colored_label(ui.visuals().error_fg_color, "Can't be read");
                    }
                });
            });
        }
    });
}

impl TrainingPanel {
    fn details(
        &mut self,
        ui: &mut egui::Ui,
        context: &mut Context<'_>,
        training: &Training,
        view: &Arc<RunView>,
        trainings: &[Training],
    ) {
        status::ui(ui, training, view);
        let chosen = self
            .chosen
            .as_ref()
            .filter(|(path, step)| *path == training.path && view.checkpoints.iter().any(|pin| pin.step == *step));
        let mut step = chosen.map(|(_, step)| *step).or(view.best_checkpoint().map(|pin| pin.step));
        status::bar(ui, view, &mut step);
        ui.horizontal_wrapped(|ui| self.buttons(ui, context, training, view));
        if let Some(step) = &mut step {
            ui.horizontal_wrapped(|ui| checkpoint(ui, context, view, step));
        }
        self.chosen = step.map(|step| (training.path.clone(), step));
        gained(ui, context, view);
        let others = trainings.iter().filter(|other| other.path != training.path);
        let others: Vec<&Arc<RunView>> = others.filter_map(|other| other.view.as_ref().ok()).collect();
        plots::ui(ui, view, &others, &mut self.beside);
        self.strip.ui(ui, context, view);
        egui::CollapsingHeader::new("What happened").default_open(true).show(ui, |ui| {
            if view.happened.is_empty() {
                ui.weak("Nothing yet.");
            }
            for happened in view.happened.iter().rev().take(HAPPENINGS) {
                let words = RichText::new(sentence(&happened.words));
                let words = if happened.grave { words.color(ui.visuals().warn_fg_color) } else { words };
                ui.add(egui::Label::new(words).wrap());
            }
        });
        egui::CollapsingHeader::new("All numbers").show(ui, |ui| {
            if self.numbers.as_ref().is_none_or(|(of, _)| !Arc::ptr_eq(of, &view.settings)) {
                let numbers = serde_json::to_string_pretty(&*view.settings).unwrap_or_default();
                self.numbers = Some((view.settings.clone(), numbers));
            }
            if let Some((_, numbers)) = &self.numbers {
                ui.add(egui::Label::new(RichText::new(numbers).monospace()).selectable(true));
            }
        });
    }

    /// What can be done with a training, by what its folder says: no button remembers anything.
    fn buttons(&mut self, ui: &mut egui::Ui, context: &mut Context<'_>, training: &Training, view: &Arc<RunView>) {
        let path = || training.path.clone();
        let mut send = |command| context.commands.send(command);
        match &view.standing {
            Standing::Prepared => {
                if ui
                    .button("Start")
                    .on_hover_text("It learns in the background, also when this window closes")
                    .clicked()
                {
                    send(TrainCommand::Resume(path()));
                }
            }
            Standing::Learning | Standing::Waiting | Standing::Pausing => {
                let pausing = view.standing == Standing::Pausing;
                let label = if pausing { "Pausing…" } else { "Pause" };
                let pause = ui.add_enabled(!pausing, egui::Button::new(label));
                if pause
                    .on_hover_text("Its step is done to the end, then it is kept; Resume goes on from there")
                    .clicked()
                {
                    send(TrainCommand::Pause(path()));
                }
                let keep = ui.button("Stop and keep");
                if keep.on_hover_text("Pauses it, and writes the best weights so far into its folder").clicked() {
                    send(TrainCommand::Keep(path()));
                }
            }
            Standing::Paused | Standing::Failed(_) | Standing::BrokenOff => {
                if ui.button("Resume").on_hover_text("It goes on from its last checkpoint").clicked() {
                    send(TrainCommand::Resume(path()));
                }
            }
            Standing::Done => {}
        }
        if !view.standing.is_under_way() && !view.checkpoints.is_empty() {
            let keep = ui.button("Keep the weights");
            if keep
                .on_hover_text("Writes the best weights into its folder, with a record of what they are made of")
                .clicked()
            {
                send(TrainCommand::Keep(path()));
            }
        }
        if status::is_endless(view) && !view.checkpoints.is_empty() {
            let end = ui.menu_button("Let it end…", |ui| {
                let steps = egui::DragValue::new(&mut self.last_steps.0).range(1..=1_000_000).speed(20.0);
                ui.add(steps.suffix(" steps more, in which the rate falls"));
                if ui.button("Go on so far").clicked() {
                    send(TrainCommand::Finish(path(), self.last_steps.0));
                    ui.close();
                }
            });
            end.response.on_hover_text("Until now it learns for as long as nobody stops it");
        }
        // The drawings that it learns are in its own folder.
        if view.settings.graph == Taught::Sheet {
            return self.last_buttons(ui, context, training, Some(view));
        }
        let again = ui.button("Duplicate…");
        if again.on_hover_text("Another training with the same numbers, of which you may change some").clicked() {
            self.form = Some(Form::like(view, context));
        }
        self.last_buttons(ui, context, training, Some(view));
    }

    /// What can be done with any folder.
    fn last_buttons(
        &mut self,
        ui: &mut egui::Ui,
        context: &mut Context<'_>,
        training: &Training,
        view: Option<&Arc<RunView>>,
    ) {
        let under_way = view.is_some_and(|view| view.standing.is_under_way());
        let elsewhere = view.and_then(|view| view.holder.as_ref()).is_some_and(|holder| !holder.is_here());
        let (label, tip) = match under_way {
            true => ("Discard…", "Ends it at once and moves its folder to the system's trash"),
            false => ("Delete…", "Moves its folder to the system's trash"),
        };
        let discard = ui.add_enabled(!elsewhere, egui::Button::new(label)).on_hover_text(tip);
        if discard.on_disabled_hover_text("It learns on another machine: pause it first").clicked() {
            self.discarding = Some(training.path.clone());
        }
        if training.opened {
            let forget = ui.button("Take off the list");
            if forget.on_hover_text("Its folder stays where it is, as it is").clicked() {
                context.commands.send(TrainCommand::Forget(training.path.clone()));
            }
        }
    }

    fn ask_before_discarding(&mut self, ui: &mut egui::Ui, context: &mut Context<'_>) {
        let Some(path) = self.discarding.clone() else { return };
        let mut answered = false;
        let modal = egui::Modal::new(egui::Id::unique("discard a training")).show(ui.ctx(), |ui| {
            ui.set_width(380.0);
            let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
            ui.heading(format!("Throw {} away?", crate::text::line(&name)));
            ui.label(
                "Its folder with all checkpoints and weights goes to the trash. What learns there is ended at once.",
            );
            ui.add_space(8.0);
            ui.horizontal(|ui| {
                if ui.button("Move to the trash").clicked() {
                    context.commands.send(TrainCommand::Discard(path.clone()));
                    answered = true;
                }
                answered |= ui.button("Cancel").clicked();
            });
        });
        if answered || modal.should_close() {
            self.discarding = None;
        }
    }
}

/// Which checkpoint, and what can be done with it.
fn checkpoint(ui: &mut egui::Ui, context: &mut Context<'_>, view: &RunView, step: &mut u64) {
    let label = |of: u64| {
        let pin = view.checkpoints.iter().find(|pin| pin.step == of);
        let score = pin.and_then(|pin| pin.score).map(|score| format!(", {}", status::score(view, score)));
        format!("After {} steps{}", status::count(of), score.unwrap_or_default())
    };
    let chosen = egui::ComboBox::from_id_salt("checkpoint").selected_text(label(*step)).show_ui(ui, |ui| {
        for pin in view.checkpoints.iter().rev() {
            ui.selectable_value(step, pin.step, label(pin.step));
        }
    });
    super::preview::named(&chosen.response, "Checkpoint");
    let training = || view.path.clone();
    const UNDONE: &str = "Paint with what it had learned then; undo takes it back";
    let (label, tip, save) = match view.settings.graph {
        Taught::Sheet => ("Use it", UNDONE, "Share…"),
        Taught::Psgan => ("Invent with it", "Invent characters with what it had learned then", "Save weights…"),
        _ => ("Use in preview", UNDONE, "Save weights…"),
    };
    let worth_it = view.of_sheet.is_none_or(|measured| measured.refused().is_none());
    let preview = ui.add_enabled(worth_it, egui::Button::new(label));
    if preview.on_hover_text(tip).clicked() {
        context.commands.send(TrainCommand::Use(training(), *step));
    }
    let save = ui.add_enabled(worth_it, egui::Button::new(save));
    if save
        .on_hover_text("As a file, with a record of what it is made of; who drops it on the window uses it")
        .clicked()
    {
        context.commands.send(Ask::SaveWeights(training(), *step));
    }
}

/// What was gained and lost on a character's drawings; where it is used, how much of it.
fn gained(ui: &mut egui::Ui, context: &mut Context<'_>, view: &RunView) {
    let Some(measured) = view.of_sheet else { return };
    let of = |what: &str, change: crate::train::Change| {
        format!("{what}: {:.1} dB before, {:.1} dB now ({:+.1})", change.before, change.now, change.gain())
    };
    ui.label(of("The drawing kept out", measured.kept_out));
    ui.weak(of("Other characters", measured.replay));
    if let Some(why) = measured.refused() {
        let why = RichText::new(format!("Not offered: {why}")).color(ui.visuals().warn_fg_color);
        ui.add(egui::Label::new(why).wrap());
    }
    let in_use = context.project.painting.tuned.file.as_ref().is_some_and(|file| file.starts_with(&view.path));
    if in_use {
        let mut painting = context.project.painting.clone();
        ui.horizontal_wrapped(|ui| super::preview::tuned(ui, &mut painting));
        if painting != context.project.painting {
            context.commands.edit("Choose how much is tuned", crate::studio::Edit::Painting(painting));
        }
    }
}

/// With a large letter at its beginning.
pub(super) fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
