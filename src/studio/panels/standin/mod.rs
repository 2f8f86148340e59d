//! The stand-in: a figure for whoever owns none, made of numbers, colours and pieces of clothing.

mod clothes;
mod parts;

use super::{Context, Home, Panel, Registration};
use crate::example::CharacterParams;
use crate::example::params::Blush;
use crate::lot::Lot;
use crate::project::FigureSource;
use crate::standin::{self, Group};
use crate::studio::{Ask, Edit, StandInCommand};
use egui::{CollapsingHeader, DragValue, RichText, TextEdit};

/// The largest number that characters by lot have here: short enough to be told on.
const SEEDS: u64 = 999_999;

pub(super) static PANEL: Registration = Registration {
    title: "Stand-in",
    tip: "A figure of your own, if you have none: body, hair, clothes and colours",
    key: None,
    home: Home::LowerRight,
    new: || Box::new(StandInPanel::default()),
};

/// The stand-in.
#[derive(Default)]
pub(super) struct StandInPanel {
    /// The number of the character by lot, where none is in its name.
    seed: u64,
}

/// What was changed, in words, and what came of it.
type Change = Option<(String, CharacterParams)>;

impl Panel for StandInPanel {
    fn ui(&mut self, ui: &mut egui::Ui, context: &mut Context<'_>) {
        let figure = context.project.figure.as_ref();
        if let Some(source @ FigureSource::File(_)) = figure {
            ui.label(format!("This project uses {}.", source.name()));
            ui.weak("A stand-in would take its place; undo brings it back.");
            if ui.button("Use a stand-in").on_hover_text("Settei's own figure, which you can change here").clicked() {
                context.commands.edit("Use a stand-in", Edit::Figure(Some(FigureSource::BuiltIn)));
            }
            return;
        }
        let params = figure.and_then(FigureSource::params).unwrap_or_default();
        let mut change = self.tools(ui, context, &params);
        ui.separator();
        egui::ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            change = change.take().or(groups(ui, &params));
        });
        if let Some((label, params)) = change
            && params.check().is_ok()
        {
            context.commands.edit(label, Edit::Figure(Some(FigureSource::stand_in(params))));
        }
    }
}

impl StandInPanel {
    /// What concerns all of it.
    fn tools(&mut self, ui: &mut egui::Ui, context: &mut Context<'_>, params: &CharacterParams) -> Change {
        let mut change = None;
        ui.horizontal_wrapped(|ui| {
            let by_lot = |seed| Some(("Draw a stand-in by lot".to_owned(), CharacterParams::random(seed)));
            if let Some(seed) = params.name.strip_prefix("Character ").and_then(|number| number.parse().ok()) {
                self.seed = seed;
            }
            if ui.button("Random").on_hover_text("Another character altogether, drawn by lot").clicked() {
                let time = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
                change = by_lot(Lot::new(time.as_nanos() as u64).next() % (SEEDS + 1));
            }
            let number = DragValue::new(&mut self.seed).range(0..=SEEDS).speed(0.1).update_while_editing(false);
            let number = ui.add(number);
            number.widget_info(|| egui::WidgetInfo::labeled(egui::Role::SpinButton, true, "Number of the character"));
            if number.on_hover_text("The same number draws the same character: type one").changed() {
                change = by_lot(self.seed);
            }
            let usual = *params == CharacterParams::default();
            let back = ui.add_enabled(!usual, egui::Button::new("Back to the default"));
            if back.on_hover_text("Mio, Settei's own figure").clicked() {
                change = Some(("Take the default stand-in".to_owned(), CharacterParams::default()));
            }
        });
        ui.horizontal_wrapped(|ui| {
            let any = context.project.sheet.iter().any(|drawing| drawing.enabled);
            let dress = ui.add_enabled(any, egui::Button::new("Dress me like my drawings"));
            let dress = dress.on_hover_text(
                "Looks for the build, hair, clothes and colours with which the stand-in covers your drawings best; takes a \
                 minute or so",
            );
            let dress = dress.on_disabled_hover_text("Add drawings of your character first");
            if dress.clicked() {
                context.commands.send(StandInCommand::Dress);
            }
            let export = ui.button("Export as VRM…");
            if export.on_hover_text("A file that other programs open: a rigged figure with expressions").clicked() {
                context.commands.send(Ask::SaveStandIn);
            }
        });
        change
    }
}

fn groups(ui: &mut egui::Ui, params: &CharacterParams) -> Change {
    let mut change = None;
    let mut group = |ui: &mut egui::Ui, title: &str, open: bool, draw: &dyn Fn(&mut egui::Ui) -> Change| {
        let title = RichText::new(title).strong();
        let shown = CollapsingHeader::new(title).default_open(open).show(ui, |ui| draw(ui));
        if let Some(changed) = shown.body_returned.flatten() {
            change = Some(changed);
        }
    };
    group(ui, "Hair", true, &|ui| hair(ui, params));
    group(ui, "Body", false, &|ui| parts::table(ui, params, Group::Body));
    group(ui, "Head and face", false, &|ui| face(ui, params));
    group(ui, "Clothes", false, &|ui| clothes::clothes(ui, params));
    group(ui, "Ears, hats and things", false, &|ui| clothes::things(ui, params));
    group(ui, "Name", false, &|ui| name(ui, params));
    change
}

fn hair(ui: &mut egui::Ui, params: &CharacterParams) -> Change {
    let mut new = params.clone();
    let mut changed = None;
    egui::Grid::new("hair").num_columns(2).show(ui, |ui| {
        changed = parts::choice(ui, "Cut", &mut new.hair.style, standin::HAIR_STYLES);
        changed = changed.take().or(parts::choice(ui, "Bangs", &mut new.hair.bangs, standin::BANGS));
    });
    let changed = changed.map(|name| (format!("Change the stand-in's {name}"), new));
    changed.or(parts::table(ui, params, Group::Hair))
}

fn face(ui: &mut egui::Ui, params: &CharacterParams) -> Change {
    let mut new = params.clone();
    let mut changed = None;
    egui::Grid::new("face").num_columns(2).show(ui, |ui| {
        changed = parts::choice(ui, "Cut of the eyes", &mut new.eyes.shape, standin::EYE_SHAPES);
        changed = changed.take().or(parts::choice(ui, "Irises", &mut new.eyes.iris, standin::IRISES));
        changed = changed.take().or(parts::choice(ui, "Nose", &mut new.face.nose, standin::NOSES));
        let mut blush = new.face.blush != Blush::None;
        ui.label("Blush");
        if ui.checkbox(&mut blush, "").labelled("Blush").changed() {
            new.face.blush = if blush { Blush::Both } else { Blush::None };
            changed = Some("blush".into());
        }
        ui.end_row();
    });
    let changed = changed.map(|name| (format!("Change the stand-in's {name}"), new));
    changed.or(parts::table(ui, params, Group::Face))
}

fn name(ui: &mut egui::Ui, params: &CharacterParams) -> Change {
    let mut name = params.name.clone();
    let field = ui.add(TextEdit::singleline(&mut name).char_limit(80).desired_width(f32::INFINITY));
    field.widget_info(|| egui::WidgetInfo::labeled(egui::Role::TextInput, true, "Name of the stand-in"));
    let field = field.on_hover_text("It goes into exported files");
    field.changed().then(|| ("Name the stand-in".to_owned(), CharacterParams { name, ..params.clone() }))
}

/// What a widget is called for whoever can't see it.
trait Labelled {
    fn labelled(self, name: &str) -> Self;
}

impl Labelled for egui::Response {
    fn labelled(self, name: &str) -> Self {
        let role = egui::Role::CheckBox;
        self.widget_info(|| egui::WidgetInfo::labeled(role, true, name));
        self
    }
}
