//! The cut-out tool: a drawing's background made transparent, before and after side by side; the original stays.

mod strokes;

use super::events::Event;
use super::look::Look;
use super::workers::jobs::JobHandle;
use super::workers::{Job, Jobs};
use crate::picture::Picture;
use crate::project::DrawingSource;
use crate::sheet::View;
use crate::sheet::matting::{Cutout, Mark, Marks, Method, Verdict, cut_out};
use crate::udp::{Udp, UdpFormat};
use egui::{Color32, Key, KeyboardShortcut, Modifiers, Pos2, Rect, Sense, Stroke, TextureHandle, pos2, vec2};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use strokes::Strokes;

/// Side of what is shown, in pixels: a scan of 6000 pixels is no texture.
const SHOWN_PX: f32 = 2048.0;

const UNDO: KeyboardShortcut = KeyboardShortcut::new(Modifiers::COMMAND, Key::Z);
const REDO: KeyboardShortcut = KeyboardShortcut::new(Modifiers::COMMAND.plus(Modifiers::SHIFT), Key::Z);
const REDO_TOO: KeyboardShortcut = KeyboardShortcut::new(Modifiers::COMMAND, Key::Y);

/// The tool: one drawing at a time, and what was done to those before.
#[derive(Default)]
pub(super) struct CutoutTool {
    open: Option<Open>,
    /// Settings and strokes of drawings that were cut out in this window.
    kept: BTreeMap<DrawingSource, Kept>,
    /// Which drawing a cut-out was made of: who opens the tool on a cut-out goes on with that.
    made_of: BTreeMap<DrawingSource, DrawingSource>,
    /// Errands so far: what a drawing's worker brings must not be taken for another's.
    errands: u64,
}

/// What is remembered of a drawing: its size tells whether the strokes still belong to it.
struct Kept {
    size_px: [u32; 2],
    settings: Cutout,
    strokes: Strokes,
}

/// What a worker made.
pub struct CutOut {
    /// With which settings and after how many changes of the strokes.
    of: Wanted,
    /// The whole picture.
    picture: Arc<Picture>,
    /// The same, small.
    shown: Arc<egui::ColorImage>,
    /// The drawing, small, if it was asked for.
    before: Option<Arc<egui::ColorImage>>,
    /// What to do about it, if something is wrong.
    advice: Option<&'static str>,
}

type Wanted = (Cutout, u64);

struct Open {
    source: DrawingSource,
    /// The drawing in the sheet whose place the result takes: that one, or what was cut out of it before.
    in_place_of: DrawingSource,
    view: Arc<View>,
    settings: Cutout,
    strokes: Strokes,
    brush: Mark,
    brush_px: f32,
    look: Look,
    /// What was asked for last.
    asked: Option<Wanted>,
    /// The errand that is under way.
    working: Option<(u64, JobHandle)>,
    problem: Option<String>,
    result: Option<CutOut>,
    before: Option<TextureHandle>,
    after: Option<TextureHandle>,
}

impl CutoutTool {
    /// The drawing that a drawing of the sheet was cut out of; one that was not is its own.
    pub(super) fn origin_of(&self, source: &DrawingSource) -> DrawingSource {
        self.made_of.get(source).unwrap_or(source).clone()
    }

    /// Remembers what a cut-out was made of.
    pub(super) fn remember(&mut self, cut_out: DrawingSource, made_of: DrawingSource) {
        self.made_of.insert(cut_out, made_of);
    }

    /// Opens the tool on a drawing, with the strokes it had when the tool was open on it last. The result takes the place
    /// of `in_place_of` in the sheet.
    pub(super) fn open(&mut self, source: DrawingSource, view: Arc<View>, in_place_of: DrawingSource) {
        self.close();
        let size_px = [view.picture.width_px, view.picture.height_px];
        let kept = self.kept.remove(&source).filter(|kept| kept.size_px == size_px);
        let fresh = || (Cutout { feather_px: 1.0, ..Cutout::default() }, Strokes::default());
        let (settings, strokes) = kept.map_or_else(fresh, |kept| (kept.settings, kept.strokes));
        self.open = Some(Open {
            source,
            in_place_of,
            view,
            settings,
            strokes,
            brush: Mark::Character,
            brush_px: (size_px[0].max(size_px[1]) as f32 / 60.0).max(2.0),
            look: Look::default(),
            asked: None,
            working: None,
            problem: None,
            result: None,
            before: None,
            after: None,
        });
    }

    /// Closes it; strokes and settings are kept for the next time.
    fn close(&mut self) {
        if let Some(open) = self.open.take() {
            if let Some((_, job)) = &open.working {
                job.stop();
            }
            let size_px = open.size_px();
            self.kept.insert(open.source, Kept { size_px, settings: open.settings, strokes: open.strokes });
        }
    }

    /// A worker is done.
    pub(super) fn done(&mut self, errand: u64, outcome: Result<CutOut, String>) {
        let Some(open) = self.open.as_mut().filter(|open| open.awaits(errand)) else { return };
        open.working = None;
        match outcome {
            Ok(result) => {
                open.problem = None;
                open.after = None;
                open.result = Some(result);
            }
            Err(problem) => open.problem = Some(problem),
        }
    }

    /// Takes the keys that mean the tool as long as it is open: to be called before others look for theirs.
    pub(super) fn keys(&mut self, ctx: &egui::Context) {
        let Some(open) = &mut self.open else { return };
        let pressed = |key: &KeyboardShortcut| ctx.input_mut(|input| input.consume_shortcut(key));
        // Ctrl+Shift+Z first: to egui, Ctrl+Z is part of it.
        if pressed(&REDO) || pressed(&REDO_TOO) {
            open.strokes.redo();
        }
        if pressed(&UNDO) {
            open.strokes.undo();
        }
        let taken = ctx.egui_wants_keyboard_input() || egui::Popup::is_any_open(ctx);
        if !taken && ctx.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Escape)) {
            self.close();
        }
    }

    /// Draws the tool, if it is open; `folder`: where cut-outs of drawings without a file go.
    pub(super) fn show(&mut self, ctx: &egui::Context, jobs: &Jobs, folder: &Path) {
        let Some(open) = &mut self.open else { return };
        open.ask(jobs, &mut self.errands);
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
            self.close();
        }
    }
}

impl Open {
    fn size_px(&self) -> [u32; 2] {
        [self.view.picture.width_px, self.view.picture.height_px]
    }

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
            for (mark, label, tip) in [
                (Mark::Character, "Character", "Paint on what stays; what was cut away comes back under the brush"),
                (Mark::Background, "Background", "Paint on what goes, with all that looks like it and is connected"),
                (Mark::Erased, "Eraser", "Removes what is under it and nothing else"),
            ] {
                ui.selectable_value(&mut self.brush, mark, label).on_hover_text(tip);
            }
            let [width, height] = self.size_px();
            let largest = (width.max(height) as f32 / 10.0).max(8.0);
            ui.add(egui::Slider::new(&mut self.brush_px, 1.0..=largest).logarithmic(true).text("Size"));
            let key = |ui: &egui::Ui, key: &KeyboardShortcut| ui.ctx().format_shortcut(key);
            let undo = ui.add_enabled(self.strokes.can_undo(), egui::Button::new("Undo stroke"));
            if undo.on_hover_text(key(ui, &UNDO)).clicked() {
                self.strokes.undo();
            }
            let redo = ui.add_enabled(self.strokes.can_redo(), egui::Button::new("Redo stroke"));
            if redo.on_hover_text(key(ui, &REDO)).clicked() {
                self.strokes.redo();
            }
            if ui.add_enabled(self.strokes.can_undo(), egui::Button::new("No strokes")).clicked() {
                self.strokes.clear();
            }
        });
    }

    fn bottom(&mut self, ui: &mut egui::Ui, used: &mut bool) {
        egui::Panel::bottom("cut-out buttons").show(ui, |ui| {
            ui.horizontal(|ui| {
                let fresh = self.result.as_ref().is_some_and(|result| result.of == self.wanted());
                let button = ui.add_enabled(fresh, egui::Button::new("Use the cut-out"));
                let tip =
                    "Saves a new PNG beside the drawing and takes its place in the sheet; the drawing's own file stays";
                *used = button.on_hover_text(tip).on_disabled_hover_text("The cut-out is being made").clicked();
                let fits = ui.selectable_label(!self.look.is_close(), "Fit");
                if fits.on_hover_text("The whole drawing; the wheel zooms, the right button moves it").clicked() {
                    self.look = Look::default();
                }
                if self.working.is_some() {
                    ui.spinner();
                }
                let advice = self.result.as_ref().and_then(|result| result.advice);
                if let Some(problem) = self.problem.as_deref().or(advice) {
                    ui.colored_label(ui.visuals().warn_fg_color, problem);
                } else {
                    ui.weak("Paint on either picture to tell the character from the background.");
                }
            });
        });
    }

    fn pictures(&mut self, ui: &mut egui::Ui) {
        let all = ui.available_rect_before_wrap();
        let half = vec2((all.width() - 8.0) / 2.0, all.height().max(120.0));
        let left = Rect::from_min_size(all.min, half);
        let right = Rect::from_min_size(pos2(all.max.x - half.x, all.min.y), half);
        let size = self.size_px();
        let load = |image: &egui::ColorImage| {
            let options =
                egui::TextureOptions { magnification: egui::TextureFilter::Nearest, ..egui::TextureOptions::LINEAR };
            ui.ctx().load_texture("cut out", image.clone(), options)
        };
        if let Some(before) = self.result.as_mut().and_then(|result| result.before.take()) {
            self.before = Some(load(&before));
        }
        let before = self.before.as_ref().map(TextureHandle::id);
        let after = self.result.as_ref().map(|result| self.after.get_or_insert_with(|| load(&result.shown)).id());
        for (rect, texture) in [(left, before), (right, after)] {
            let Some(texture) = texture else { continue };
            let painter = ui.painter_at(rect);
            let place = self.look.place(rect, size);
            super::panels::checkerboard(ui, &painter, place.intersect(rect));
            super::panels::paint(&painter, place, texture);
        }
        self.paint_strokes(ui, left, "Drawing to cut out", true);
        if after.is_some() {
            self.paint_strokes(ui, right, "Cut-out", false);
        }
        ui.allocate_rect(all, Sense::hover());
    }

    /// Lets the user paint in `rect`; the strokes are seen there if they are `shown`.
    fn paint_strokes(&mut self, ui: &egui::Ui, rect: Rect, name: &str, shown: bool) {
        let size = self.size_px();
        let canvas = ui.interact(rect, ui.scope_id().with(name), Sense::drag());
        canvas.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Canvas, true, name));
        let moves = self.look.follow(ui, &canvas, rect, size);
        let scale = self.look.scale(rect, size);
        if let Some(at) = canvas.interact_pointer_pos()
            && canvas.dragged_by(egui::PointerButton::Primary)
            && !moves
        {
            if canvas.drag_started() {
                self.strokes.begin(self.brush, self.brush_px / 2.0);
            }
            self.strokes.go_on(self.look.pixel(at, rect, size));
        }
        let painter = ui.painter_at(rect);
        let lines = self.strokes.lines().iter().filter(|_| shown);
        for line in lines {
            let colour = match line.mark {
                Mark::Background => Color32::from_rgba_unmultiplied(230, 60, 60, 170),
                Mark::Erased => Color32::from_rgba_unmultiplied(240, 160, 40, 170),
                _ => Color32::from_rgba_unmultiplied(60, 200, 110, 170),
            };
            let points: Vec<Pos2> = line.points.iter().map(|&point| self.look.point(point, rect, size)).collect();
            match points[..] {
                [at] => {
                    painter.circle_filled(at, line.radius_px * scale, colour);
                }
                _ => {
                    painter.line(points, Stroke::new(2.0 * line.radius_px * scale, colour));
                }
            }
        }
        if let Some(at) = canvas.hover_pos() {
            let ring = Stroke::new(1.0, ui.visuals().strong_text_color());
            painter.circle_stroke(at, self.brush_px / 2.0 * scale, ring);
        }
    }

    /// What the result should be of.
    fn wanted(&self) -> Wanted {
        (self.settings.clone(), self.strokes.revision)
    }

    /// Sends a worker, if what is wanted is not what was asked for last; one at a time.
    fn ask(&mut self, jobs: &Jobs, errands: &mut u64) {
        let wanted = self.wanted();
        if self.working.is_some() || self.asked.as_ref() == Some(&wanted) {
            return;
        }
        *errands += 1;
        let errand = *errands;
        self.asked = Some(wanted.clone());
        let (view, strokes, first) = (self.view.clone(), self.strokes.clone(), self.before.is_none());
        let broken = move |what| Event::CutOut(errand, Err(what));
        let job = jobs.start_quietly_or_else("Cutting out", broken, move |job| {
            let picture = &view.picture;
            let marks = strokes.marks([picture.width_px, picture.height_px]);
            let made = make(picture, wanted, &marks, job);
            let before = first.then(|| super::images::shrunk(picture, SHOWN_PX));
            Some(Event::CutOut(errand, made.map(|made| CutOut { before, ..made })))
        });
        self.working = Some((errand, job));
    }

    fn awaits(&self, errand: u64) -> bool {
        self.working.as_ref().is_some_and(|(number, _)| *number == errand)
    }

    /// Writes the cut-out to a file of its own.
    fn save(&self, jobs: &Jobs, folder: &Path) {
        let Some(picture) = self.result.as_ref().map(|result| result.picture.clone()) else { return };
        let (source, in_place_of) = (self.source.clone(), self.in_place_of.clone());
        let name = format!("{}-cutout", source.name());
        let folder = source.path().and_then(Path::parent).unwrap_or(folder).to_owned();
        jobs.start("Saving the cut-out", move |_| {
            Some(match save_new(&folder, &name, &picture, None) {
                Ok(path) => {
                    Event::Command(super::SheetCommand::UseCutOut { made_of: source, in_place_of, path }.into())
                }
                Err(error) => Event::Failed(format!("can't save a cut-out in {}: {error}", folder.display())),
            })
        });
    }
}

fn make(picture: &Picture, of: Wanted, marks: &Marks, job: &Job) -> Result<CutOut, String> {
    let result = cut_out(picture, &of.0, marks, job).map_err(|error| error.to_string())?;
    let advice = Verdict::of(picture, &result).advice();
    let shown = super::images::shrunk(&result, SHOWN_PX);
    Ok(CutOut { of, picture: Arc::new(result), shown, before: None, advice })
}

/// Saves a picture under a name that no file has, with its UDP beside it if it has one.
pub(super) fn save_new(folder: &Path, name: &str, picture: &Picture, udp: Option<&Udp>) -> std::io::Result<PathBuf> {
    std::fs::create_dir_all(folder)?;
    let name = |n: u32| if n == 1 { format!("{name}.png") } else { format!("{name}-{n}.png") };
    let free = |path: &PathBuf| !path.exists() && crate::sheet::sidecar(path).is_none();
    let path = (1..).map(|n| folder.join(name(n))).find(free).unwrap_or_default();
    if let Some(udp) = udp {
        crate::files::write(&path.with_extension("udp.npz"), &udp.to_bytes(UdpFormat::Npz)?)?;
    }
    picture.save_png(&path)?;
    Ok(path)
}
