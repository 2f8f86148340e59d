//! What paints: renderer, weights, working size, device.

use crate::conr::{self, DeviceChoice, Storage};
use crate::engine::{PainterChoice, PaintingSettings};
use crate::studio::panels::Context;
use crate::studio::{Ask, Edit};
use egui::ComboBox;

/// Working sizes that are offered; the command line takes any multiple of 128.
const SIZES: [u32; 4] = [128, 256, 384, 512];

fn painter(choice: PainterChoice) -> &'static str {
    match choice {
        PainterChoice::Auto => "Automatic",
        PainterChoice::Conr => "CoNR",
        PainterChoice::Landmark => "Landmark transfer",
    }
}

fn painter_tip(choice: PainterChoice) -> &'static str {
    match choice {
        PainterChoice::Auto => "CoNR where weights are loaded, else landmark transfer",
        PainterChoice::Conr => "The neural renderer; needs weights",
        PainterChoice::Landmark => "Carries colours over from the drawings, point by point; needs no weights",
    }
}

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
        .selected_text(painter(painting.painter))
        .show_ui(ui, |ui| {
            for choice in [PainterChoice::Auto, PainterChoice::Conr, PainterChoice::Landmark] {
                let label = ui.selectable_value(&mut painting.painter, choice, painter(choice));
                label.on_hover_text(painter_tip(choice));
            }
        })
        .response;
    super::named(&who, "Renderer");
    who.on_hover_text("Who paints");
    match painting.conr_weights().cloned() {
        None => {
            let load = ui.button("Load weights…");
            if load.on_hover_text("Load the weights of the neural renderer: one .safetensors file").clicked() {
                context.commands.send(Ask::Weights);
            }
        }
        Some(path) => {
            let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
            let menu = ui.menu_button(name, |ui| {
                if ui.button("Load others…").clicked() {
                    context.commands.send(Ask::Weights);
                }
                if ui.button("Do without weights").clicked() {
                    painting.weights.set(conr::GRAPH, None);
                }
            });
            menu.response.on_hover_text(format!("The weights: {}", path.display()));
        }
    }
    if painting.conr_weights().is_none() {
        return;
    }
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
    size.on_hover_text("The size that CoNR works at; it was trained at 256. Larger is slower");
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
    place.on_hover_text("Where CoNR computes");
    let mut half = painting.storage == Storage::F16;
    let halves = ui.checkbox(&mut half, "Half the memory");
    if halves.on_hover_text("Keep the weights in 16 bits on the processor: half the memory, nearly the same").changed()
    {
        painting.storage = if half { Storage::F16 } else { Storage::F32 };
    }
}
