//! What paints: renderer, weights, working size, device.

use crate::engine::{GraphKind, PainterChoice, PaintingSettings, Tuned};
use crate::nn::{DeviceChoice, Precision};
use crate::studio::panels::Context;
use crate::studio::{Ask, Edit, PaintCommand};
use egui::ComboBox;
use std::path::Path;

/// Working sizes that are offered; the command line takes any multiple of 128.
const SIZES: [u32; 4] = [128, 256, 384, 512];

fn device(choice: DeviceChoice) -> &'static str {
    match choice {
        DeviceChoice::Auto => "Any device",
        DeviceChoice::Cpu => "Processor",
        DeviceChoice::Cuda => "NVIDIA card",
        DeviceChoice::Metal => "Apple GPU",
    }
}

/// The selectors.
pub(super) fn ui(ui: &mut egui::Ui, context: &mut Context<'_>) {
    let mut painting = context.project.painting.clone();
    choose(ui, &mut painting, context);
    if painting != context.project.painting {
        context.commands.edit("Choose what paints", Edit::Painting(painting));
    }
}

fn choose(ui: &mut egui::Ui, painting: &mut PaintingSettings, context: &mut Context<'_>) {
    let who = ComboBox::from_id_salt("painter")
        .selected_text(painting.painter.title())
        .show_ui(ui, |ui| {
            for &choice in PainterChoice::all() {
                let label = ui.selectable_value(&mut painting.painter, choice, choice.title());
                label.on_hover_text(choice.tip());
            }
        })
        .response;
    super::named(&who, "Renderer");
    who.on_hover_text("Who paints");
    weights(ui, painting, context);
    tuned(ui, painting);
    let given = painting.weights.graphs().find(|graph| graph.paints.is_some());
    let chosen = match painting.painter {
        PainterChoice::Auto => None,
        PainterChoice::Of(kind) => kind.graph(),
    };
    // What nobody chose needs no settings.
    let Some(graph) = chosen.or(given) else { return };
    let size = ComboBox::from_id_salt("working size")
        .selected_text(format!("{} px", painting.size_px))
        .width(64.0)
        .show_ui(ui, |ui| {
            for size in SIZES {
                ui.selectable_value(&mut painting.size_px, size, format!("{size} px"));
            }
        })
        .response;
    super::named(&size, "Working size");
    let usual = graph.working_px;
    size.on_hover_text(format!("The size that {graph} works at; it was made for {usual}. Larger is slower"));
    let place = ComboBox::from_id_salt("device")
        .selected_text(device(painting.device))
        .show_ui(ui, |ui| {
            let choices = [DeviceChoice::Auto, DeviceChoice::Cpu, DeviceChoice::Cuda, DeviceChoice::Metal];
            for choice in choices.into_iter().filter(|choice| choice.in_this_build()) {
                ui.selectable_value(&mut painting.device, choice, device(choice));
            }
        })
        .response;
    super::named(&place, "Device");
    place.on_hover_text(format!("Where {graph} computes"));
    let mut half = painting.precision == Precision::F16;
    let halves = ui.checkbox(&mut half, "Half the memory");
    if halves.on_hover_text("Keep the weights in 16 bits on the processor: half the memory, nearly the same").changed()
    {
        painting.precision = if half { Precision::F16 } else { Precision::F32 };
    }
}

/// The weights that the user loaded, and a way to load some where they are missing.
fn weights(ui: &mut egui::Ui, painting: &mut PaintingSettings, context: &mut Context<'_>) {
    let loaded: Vec<GraphKind> = painting.weights.graphs().collect();
    for &graph in &loaded {
        let Some(path) = painting.weights.of(graph).map(Path::to_owned) else { continue };
        let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
        let menu = ui.menu_button(name, |ui| {
            sources(ui, context);
            if graph.finds.is_some() && graph.shipped().is_none() {
                encoding(ui, graph, context);
            }
            if ui.button("Do without weights").clicked() {
                painting.weights.set(graph, None);
            }
        });
        menu.response.on_hover_text(format!("The weights of {graph}: {}", path.display()));
    }
    if painting.lacks_weights().is_some() {
        let load = ui.menu_button("Load weights…", |ui| sources(ui, context));
        load.response.on_hover_text("Load the weights of the neural renderer, or drop them on the window");
    }
}

/// How weights of others have the body's places as landmarks is not known; it can be found out.
fn encoding(ui: &mut egui::Ui, graph: GraphKind, context: &mut Context<'_>) {
    let fit = ui.button("Fit the encoding");
    let tip = "Draws the figure in several poses, has these weights detect it, and keeps in the project how they number the \
               places of the body";
    if fit.on_hover_text(tip).clicked() {
        context.commands.send(PaintCommand::Calibrate(graph));
        ui.close();
    }
    if context.project.encoding.is_some() && ui.button("Do without the fitted encoding").clicked() {
        context.commands.edit("Do without the fitted encoding", Edit::Encoding(None));
        ui.close();
    }
}

/// The character's own changes to weights: whether they are used, and how much of them.
pub(in crate::studio::panels) fn tuned(ui: &mut egui::Ui, painting: &mut PaintingSettings) {
    let Some(file) = &painting.tuned.file else { return };
    let name = file.file_name().unwrap_or(file.as_os_str()).to_string_lossy().into_owned();
    let mut on = !painting.tuned.off;
    let check = ui.checkbox(&mut on, "Tuned to the sheet");
    if check.on_hover_text(format!("Paint as was learned from your drawings: {}", crate::text::line(&name))).changed() {
        painting.tuned.off = !on;
    }
    ui.add_enabled_ui(on, |ui| {
        ui.spacing_mut().slider_width = 80.0;
        let mut percent = (100.0 * painting.tuned.share).round();
        let slider = egui::Slider::new(&mut percent, 0.0..=100.0).integer().suffix(" %");
        let slider = ui.add(slider);
        super::named(&slider, "How much of it");
        if slider.on_hover_text("0 %: as it was before, 100 %: as it learned").changed() {
            painting.tuned.share = percent / 100.0;
        }
    });
    let without = ui.small_button("×");
    super::named(&without, "Do without the tuning");
    if without.on_hover_text("Take it out of the project; the file stays where it is").clicked() {
        painting.tuned = Tuned::default();
    }
}

/// Where weights come from.
pub(super) fn sources(ui: &mut egui::Ui, context: &mut Context<'_>) {
    for (label, tip, ask) in [
        ("A file…", "One .safetensors file with all of them", Ask::Weights),
        ("A folder…", "The folder with the four files of CoNR's authors", Ask::WeightsFolder),
    ] {
        if ui.button(label).on_hover_text(tip).clicked() {
            context.commands.send(ask);
            ui.close();
        }
    }
}
