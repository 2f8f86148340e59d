//! The render queue: what is exported, how far it is, and what comes next.

use super::picture::{Shown, checkerboard, fit, paint};
use super::training::{sentence, time};
use super::{Context, Home, Panel, Registration};
use crate::queue::{JobView, Standing};
use crate::studio::ExportCommand;
use crate::text;
use egui::{Align, Layout, RichText, Sense, TextureOptions, Ui, vec2};
use std::collections::BTreeMap;
use std::path::PathBuf;

pub(super) static PANEL: Registration = Registration {
    title: "Render queue",
    tip: "Exports that wait for their turn, are painted, or are done",
    key: None,
    home: Home::BelowMiddle,
    new: || Box::new(RenderQueue::default()),
};

/// Side of a job's picture, points.
const PICTURE: f32 = 64.0;

/// The render queue.
#[derive(Default)]
pub(super) struct RenderQueue {
    textures: BTreeMap<PathBuf, Shown>,
}

impl Panel for RenderQueue {
    fn ui(&mut self, ui: &mut Ui, context: &mut Context<'_>) {
        ui.horizontal(|ui| {
            if ui.button("Export…").on_hover_text("Frames as an animation, a video, sprites or cels").clicked() {
                context.commands.send(ExportCommand::Dialog);
            }
            let jobs = context.content.renders.as_deref().unwrap_or_default();
            let left = jobs.iter().filter(|job| matches!(job.standing, Standing::Working | Standing::Waiting)).count();
            if left > 0 {
                ui.weak(if left == 1 { "1 export left".into() } else { format!("{left} exports left") });
            }
        });
        let Some(jobs) = context.content.renders.clone() else {
            ui.weak("Looking for exports…");
            return;
        };
        self.textures.retain(|path, _| jobs.iter().any(|job| job.path == *path));
        if jobs.is_empty() {
            ui.label(
                "What you export is painted here, one after the other, while you go on working: animations for the web \
                 and chats, videos, sprite sheets for games, cels for Clip Studio.",
            );
            return;
        }
        egui::ScrollArea::vertical().id_salt("renders").auto_shrink(false).show(ui, |ui| {
            for job in jobs.iter() {
                ui.push_id(&job.path, |ui| self.job(ui, context, job));
                ui.separator();
            }
        });
    }
}

impl RenderQueue {
    fn job(&mut self, ui: &mut Ui, context: &mut Context<'_>, job: &JobView) {
        ui.horizontal_top(|ui| {
            self.picture(ui, context, job);
            ui.vertical(|ui| {
                ui.horizontal(|ui| {
                    let file = job.wish.target.file_name().unwrap_or_default().to_string_lossy();
                    let name = ui.strong(text::line(&file).as_ref());
                    name.on_hover_text(text::line(&job.wish.target.display().to_string()).as_ref());
                    ui.weak(what(job));
                    ui.with_layout(Layout::right_to_left(Align::Center), |ui| buttons(ui, context, job));
                });
                status(ui, job);
            });
        });
    }

    /// The frame that was painted last.
    fn picture(&mut self, ui: &mut Ui, context: &Context<'_>, job: &JobView) {
        let (rect, response) = ui.allocate_exact_size(vec2(PICTURE, PICTURE), Sense::hover());
        let Some(image) = context.content.render_pictures.get(&job.path) else {
            ui.painter().rect_filled(rect, 3.0, ui.visuals().extreme_bg_color);
            return;
        };
        let shown = self.textures.entry(job.path.clone()).or_default();
        let texture = shown.texture(ui.ctx(), "render", image.revision, TextureOptions::LINEAR, || {
            egui::ImageData::Color(image.image.clone())
        });
        let place = fit(rect, [image.image.size[0] as u32, image.image.size[1] as u32]);
        checkerboard(ui, ui.painter(), place);
        paint(ui.painter(), place, texture);
        response.on_hover_text("The frame that was painted last");
    }
}

/// `animated WebP, 48 frames of 768×1024`.
fn what(job: &JobView) -> String {
    let [width, height] = job.wish.size_px;
    let frames = job.wish.count();
    let s = if frames == 1 { "" } else { "s" };
    format!("{}, {frames} frame{s} of {width}×{height}", job.wish.kind.about())
}

fn buttons(ui: &mut Ui, context: &mut Context<'_>, job: &JobView) {
    let mut button = |ui: &mut Ui, label: &str, tip: &str, command: ExportCommand| {
        if ui.button(label).on_hover_text(tip).clicked() {
            context.commands.send(command);
        }
    };
    let path = || job.path.clone();
    let under_way = matches!(job.standing, Standing::Working | Standing::Waiting | Standing::Paused);
    let remove = if under_way { "Cancel" } else { "Remove" };
    let tip = "Takes it from the queue; its painted frames go to the trash, what was exported stays";
    button(ui, remove, tip, ExportCommand::Remove(path()));
    match &job.standing {
        Standing::Working | Standing::Waiting => {
            let tip = "It waits until you let it go on; what is painted is kept";
            button(ui, "Pause", tip, ExportCommand::Pause(path()));
        }
        Standing::Paused => {
            button(ui, "Resume", "It goes on with the next frame", ExportCommand::Resume(path()));
        }
        Standing::Failed(_) => {
            let tip = "Once more; frames that are painted are kept";
            button(ui, "Try again", tip, ExportCommand::Resume(path()));
        }
        Standing::Done => {
            let target = job.wish.target.clone();
            button(ui, "Open the folder", "Where the file is", ExportCommand::Reveal(target));
        }
    }
}

/// How far it is: a bar, or a sentence.
fn status(ui: &mut Ui, job: &JobView) {
    let [done, all] = job.steps;
    let share = if all == 0 { 0.0 } else { done as f32 / all as f32 };
    match &job.standing {
        Standing::Working => {
            let mut words = if job.stage.is_empty() { "Starting".to_owned() } else { sentence(&job.stage) };
            if all > 1 {
                words += &format!(": {done} of {all}");
            }
            if let Some(left) = job.left_s {
                words += &format!(", {} left", time(left));
            }
            let bar = egui::ProgressBar::new(share).desired_height(10.0);
            let bar = ui.add(bar);
            bar.widget_info(|| {
                let mut info = egui::WidgetInfo::labeled(egui::Role::ProgressIndicator, true, "Progress of the export");
                info.value = Some(f64::from(share));
                info
            });
            ui.weak(words);
        }
        Standing::Waiting => drop(ui.weak("Waits for its turn")),
        Standing::Paused if all > 0 => drop(ui.label(format!("Paused at {done} of {all}"))),
        Standing::Paused => drop(ui.label("Paused")),
        Standing::Done => drop(ui.label("Done")),
        Standing::Failed(why) => {
            let why = RichText::new(sentence(&text::line(why))).color(ui.visuals().error_fg_color);
            ui.add(egui::Label::new(why).wrap());
        }
    }
    for warning in job.warnings.iter().take(3) {
        let warning = RichText::new(sentence(&text::line(warning))).color(ui.visuals().warn_fg_color);
        ui.add(egui::Label::new(warning.small()).wrap());
    }
}
