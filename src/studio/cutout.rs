//! The cut-out tool: a drawing's background made transparent, before and after side by side; the original stays.

use super::events::Event;
use super::workers::{Job, Jobs};
use crate::picture::Picture;
use crate::project::DrawingSource;
use crate::sheet::View;
use crate::sheet::matting::{Cutout, Mark, Marks, Method, Verdict, cut_out};
use egui::{Color32, Pos2, Rect, Sense, Stroke, TextureHandle, TextureOptions, pos2, vec2};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Side of what is shown, in pixels: a scan of 6000 pixels is no texture.
const SHOWN_PX: f32 = 1400.0;

/// The tool, when it is open.
#[derive(Default)]
pub(super) struct CutoutTool(Option<Open>);

/// What a worker made.
pub struct CutOut {
    /// With which settings and how many strokes.
    of: (Cutout, usize),
    /// The whole picture.
    picture: Arc<Picture>,
    /// The same, small.
    shown: Arc<egui::ColorImage>,
    /// What to do about it, if something is wrong.
    advice: Option<&'static str>,
}

struct Open {
    source: DrawingSource,
    view: Arc<View>,
    settings: Cutout,
    strokes: Vec<StrokeLine>,
    brush: Mark,
    brush_px: f32,
    /// What was asked for last; a worker is at it as long as no answer came.
    asked: Option<(Cutout, usize)>,
    working: bool,
    problem: Option<String>,
    result: Option<CutOut>,
    before: Option<TextureHandle>,
    after: Option<TextureHandle>,
}

/// One stroke in pixels of the drawing.
#[derive(Clone)]
struct StrokeLine {
    points: Vec<[f32; 2]>,
    radius_px: f32,
    mark: Mark,
}

impl CutoutTool {
    /// Opens the tool on a drawing.
    pub(super) fn open(&mut self, source: DrawingSource, view: Arc<View>) {
        let long_side = view.picture.width_px.max(view.picture.height_px);
        self.0 = Some(Open {
            source,
            view,
            settings: Cutout { feather_px: 1.0, ..Cutout::default() },
            strokes: Vec::new(),
            brush: Mark::Character,
            brush_px: (long_side as f32 / 60.0).max(2.0),
            asked: None,
            working: false,
            problem: None,
            result: None,
            before: None,
            after: None,
        });
    }

    /// A worker is done.
    pub(super) fn done(&mut self, outcome: Result<CutOut, String>) {
        let Some(open) = &mut self.0 else { return };
        open.working = false;
        match outcome {
            Ok(result) => {
                open.problem = None;
                open.after = None;
                open.result = Some(result);
            }
            Err(problem) => open.problem = Some(problem),
        }
    }

    /// Draws the tool, if it is open; `folder`: where cut-outs of drawings without a file go.
    pub(super) fn show(&mut self, ctx: &egui::Context, jobs: &Jobs, folder: &Path) {
        let Some(open) = &mut self.0 else { return };
        open.ask(jobs);
        let mut stays = true;
        let mut used = false;
        let screen = ctx.content_rect();
        egui::Window::new("Cut out")
            .open(&mut stays)
            .collapsible(false)
            .default_size(vec2(screen.width() * 0.8, screen.height() * 0.75))
            .pivot(egui::Align2::CENTER_CENTER)
            .default_pos(screen.center())
            .show(ctx, |ui| {
                open.tools(ui);
                ui.separator();
                open.bottom(ui, &mut used);
                open.pictures(ui);
            });
        if used {
            open.save(jobs, folder);
        }
        if !stays || used {
            self.0 = None;
        }
    }
}

impl Open {
    fn tools(&mut self, ui: &mut egui::Ui) {
        ui.horizontal_wrapped(|ui| {
            let settings = &mut self.settings;
            ui.selectable_value(&mut settings.method, Method::Flood, "From the border")
                .on_hover_text("Remove what has the border's colours, from the border inwards");
            ui.selectable_value(&mut settings.method, Method::Watershed, "From strokes")
                .on_hover_text("Grow your strokes until they meet at an edge");
            ui.separator();
            if settings.method == Method::Flood {
                let tolerance = egui::Slider::new(&mut settings.tolerance, 0.0..=40.0).text("Tolerance");
                ui.add(tolerance).on_hover_text("How far a colour may be from the background's and still count as it");
                ui.checkbox(&mut settings.holes, "Holes").on_hover_text("Also inside, as between an arm and the body");
            }
            let feather = egui::Slider::new(&mut settings.feather_px, 0.0..=10.0).text("Feather");
            ui.add(feather).on_hover_text("Width in pixels over which the edge fades out");
        });
        ui.horizontal_wrapped(|ui| {
            ui.label("Brush");
            ui.selectable_value(&mut self.brush, Mark::Character, "Character").on_hover_text("Paint on what stays");
            ui.selectable_value(&mut self.brush, Mark::Background, "Background").on_hover_text("Paint on what goes");
            let largest = (self.view.picture.width_px.max(self.view.picture.height_px) as f32 / 10.0).max(8.0);
            ui.add(egui::Slider::new(&mut self.brush_px, 1.0..=largest).logarithmic(true).text("Size"));
            let any = !self.strokes.is_empty();
            if ui.add_enabled(any, egui::Button::new("Take the last stroke back")).clicked() {
                self.strokes.pop();
            }
            if ui.add_enabled(any, egui::Button::new("No strokes")).clicked() {
                self.strokes.clear();
            }
        });
    }

    fn bottom(&self, ui: &mut egui::Ui, used: &mut bool) {
        egui::Panel::bottom("cut-out buttons").show(ui, |ui| {
            ui.horizontal(|ui| {
                let fresh = self.result.as_ref().is_some_and(|result| result.of == self.wanted());
                let button = ui.add_enabled(fresh, egui::Button::new("Use the cut-out"));
                let tip =
                    "Saves a new PNG beside the drawing and takes its place in the sheet; the drawing's own file stays";
                *used = button.on_hover_text(tip).on_disabled_hover_text("The cut-out is being made").clicked();
                if self.working {
                    ui.spinner();
                }
                let advice = self.result.as_ref().and_then(|result| result.advice);
                if let Some(problem) = self.problem.as_deref().or(advice) {
                    ui.colored_label(ui.visuals().warn_fg_color, problem);
                } else {
                    ui.weak("Paint on the left picture to tell the character from the background.");
                }
            });
        });
    }

    fn pictures(&mut self, ui: &mut egui::Ui) {
        let all = ui.available_rect_before_wrap();
        let half = vec2((all.width() - 8.0) / 2.0, all.height().max(120.0));
        let left = Rect::from_min_size(all.min, half);
        let right = Rect::from_min_size(pos2(all.max.x - half.x, all.min.y), half);
        let picture = &self.view.picture;
        let size = [picture.width_px, picture.height_px];
        let load = |image: egui::ColorImage| ui.ctx().load_texture("cut out", image, TextureOptions::LINEAR);
        let before =
            self.before.get_or_insert_with(|| load(egui::ColorImage::clone(&super::images::shrunk(picture, SHOWN_PX))));
        let place = super::panels::fit(left, size);
        super::panels::checkerboard(ui, ui.painter(), place);
        super::panels::paint(ui.painter(), place, before.id());
        if let Some(result) = &self.result {
            let after = self.after.get_or_insert_with(|| load(egui::ColorImage::clone(&result.shown)));
            let place = super::panels::fit(right, size);
            super::panels::checkerboard(ui, ui.painter(), place);
            super::panels::paint(ui.painter(), place, after.id());
        }
        self.paint_strokes(ui, place);
        ui.allocate_rect(all, Sense::hover());
    }

    fn paint_strokes(&mut self, ui: &egui::Ui, place: Rect) {
        let scale = place.width() / self.view.picture.width_px.max(1) as f32;
        let canvas = ui.interact(place, ui.scope_id().with("strokes"), Sense::drag());
        canvas.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Canvas, true, "Drawing to cut out"));
        let pixel = |at: Pos2| [(at.x - place.left()) / scale, (at.y - place.top()) / scale];
        if let Some(at) = canvas.interact_pointer_pos() {
            if canvas.drag_started() {
                let line = StrokeLine { points: Vec::new(), radius_px: self.brush_px / 2.0, mark: self.brush };
                self.strokes.push(line);
            }
            if let Some(stroke) = self.strokes.last_mut().filter(|_| canvas.dragged() || canvas.drag_started()) {
                let point = pixel(at);
                if stroke.points.last() != Some(&point) {
                    stroke.points.push(point);
                }
            }
        }
        let painter = ui.painter_at(place);
        for stroke in &self.strokes {
            let colour = match stroke.mark {
                Mark::Background => Color32::from_rgba_unmultiplied(230, 60, 60, 170),
                _ => Color32::from_rgba_unmultiplied(60, 200, 110, 170),
            };
            let points: Vec<Pos2> = stroke.points.iter().map(|p| place.min + vec2(p[0], p[1]) * scale).collect();
            match points[..] {
                [at] => {
                    painter.circle_filled(at, stroke.radius_px * scale, colour);
                }
                _ => {
                    painter.line(points, Stroke::new(2.0 * stroke.radius_px * scale, colour));
                }
            }
        }
        if let Some(at) = canvas.hover_pos() {
            let ring = Stroke::new(1.0, ui.visuals().strong_text_color());
            painter.circle_stroke(at, self.brush_px / 2.0 * scale, ring);
        }
    }

    /// What the result should be of: settings, and how many points of strokes.
    fn wanted(&self) -> (Cutout, usize) {
        (self.settings.clone(), self.strokes.iter().map(|stroke| stroke.points.len() + 1).sum())
    }

    /// Sends a worker, if what is wanted is not what was asked for last; one at a time.
    fn ask(&mut self, jobs: &Jobs) {
        let wanted = self.wanted();
        if self.working || self.asked.as_ref() == Some(&wanted) {
            return;
        }
        self.working = true;
        self.asked = Some(wanted.clone());
        let (view, strokes) = (self.view.clone(), self.strokes.clone());
        jobs.start_quietly("Cutting out", move |job| Some(Event::CutOut(make(&view.picture, wanted, &strokes, job))));
    }

    /// Writes the cut-out to a file of its own.
    fn save(&self, jobs: &Jobs, folder: &Path) {
        let Some(picture) = self.result.as_ref().map(|result| result.picture.clone()) else { return };
        let source = self.source.clone();
        let name = format!("{}-cutout", source.name());
        let folder = source.path().and_then(Path::parent).unwrap_or(folder).to_owned();
        jobs.start("Saving the cut-out", move |_| {
            Some(match save_new(&folder, &name, &picture) {
                Ok(path) => Event::Command(super::SheetCommand::Replace(source, path).into()),
                Err(error) => Event::Failed(format!("can't save a cut-out in {}: {error}", folder.display())),
            })
        });
    }
}

fn make(picture: &Picture, of: (Cutout, usize), strokes: &[StrokeLine], job: &Job) -> Result<CutOut, String> {
    let mut marks = Marks::new(picture.width_px, picture.height_px);
    for stroke in strokes {
        let ends = stroke.points.iter().zip(stroke.points.iter().skip(1).chain(stroke.points.last()));
        ends.for_each(|(&from, &to)| marks.stroke(from, to, stroke.radius_px, stroke.mark));
    }
    let result = cut_out(picture, &of.0, &marks, job).map_err(|error| error.to_string())?;
    let advice = Verdict::of(picture, &result).advice();
    let shown = super::images::shrunk(&result, SHOWN_PX);
    Ok(CutOut { of, picture: Arc::new(result), shown, advice })
}

/// Saves a picture under a name that no file has.
pub(super) fn save_new(folder: &Path, name: &str, picture: &Picture) -> std::io::Result<PathBuf> {
    std::fs::create_dir_all(folder)?;
    let name = |n: u32| if n == 1 { format!("{name}.png") } else { format!("{name}-{n}.png") };
    let path = (1..).map(|n| folder.join(name(n))).find(|path| !path.exists()).unwrap_or_default();
    picture.save_png(&path)?;
    Ok(path)
}
