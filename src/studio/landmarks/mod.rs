//! The landmarks tool: where the detector sees which part of the body in a drawing, and the user's hand that puts right what
//! is wrong. All that is said there is part of the project; the detector answers anew, and the picture follows.

mod answer;
mod bars;
mod canvas;
mod marks;
mod said;
mod side;

pub use answer::{GuideSide, Piece};

use super::commands::Outbox;
use super::content::{Content, DrawingState};
use super::look::Look;
use super::workers::{JobHandle, Jobs};
use super::{Event, SheetCommand};
use crate::fit::SeenPlace;
use crate::project::{Drawing, DrawingSource, Project};
use crate::raster::Subject;
use crate::sheet::BrushStroke;
use answer::{Joints, KeptFitter, Wanted};
use egui::{Key, Modifiers, TextureHandle, vec2};
use marks::What;
use said::Saying;
use std::sync::Arc;

/// The tool: one drawing at a time.
#[derive(Default)]
pub(super) struct LandmarkTool {
    open: Option<Open>,
    /// Errands so far: what one brings must not be taken for another's.
    errands: u64,
    fitter: KeptFitter,
    /// The figure's two sides, as soon as they are there.
    guide: Option<Guide>,
    /// Of which figure they were asked for, and on which errand.
    guide_asked: Option<(Arc<Subject>, u64)>,
}

/// What the hand does on the drawing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    /// Moves marks, and pins places.
    Places,
    /// Paints over what is not the character.
    Brush,
    /// Takes that back.
    Eraser,
}

/// A mark on its way.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Held {
    what: What,
    /// In pixels of the drawing.
    at: [f32; 2],
    /// By the arrow keys.
    by_keys: bool,
}

/// The figure to choose places from.
struct Guide {
    sides: Box<[GuideSide; 2]>,
    textures: [Option<TextureHandle>; 2],
}

/// A place of the body that is to be pinned, and where the figure's sides show it, as a share of theirs.
#[derive(Clone, Copy)]
struct Chosen {
    landmark: [f32; 3],
    on_figure: [Option<[f32; 2]>; 2],
}

struct Open {
    source: DrawingSource,
    look: Look,
    mode: Mode,
    brush_px: Option<f32>,
    show_udp: bool,
    chosen: Option<Chosen>,
    held: Option<Held>,
    /// The stroke that is being painted.
    stroke: Option<BrushStroke>,
    /// The point that Delete forgets.
    selected: Option<usize>,
    /// Delete was pressed.
    delete: bool,
    /// What was asked for last.
    asked: Option<Wanted>,
    /// The errand that is under way, and what it is about.
    working: Option<(u64, JobHandle)>,
    shown: Shown,
}

/// What workers brought.
#[derive(Default)]
struct Shown {
    drawing: Option<TextureHandle>,
    covered: Option<TextureHandle>,
    udp: Option<TextureHandle>,
    places: Vec<Option<SeenPlace>>,
    joints: Option<Joints>,
    /// Pieces that are no textures yet.
    fresh: Vec<Piece>,
}

/// What the tool sees in a frame, and where it sends changes.
struct Scene<'a> {
    project: &'a Project,
    drawing: &'a Drawing,
    state: &'a DrawingState,
    content: &'a Content,
    outbox: &'a mut Outbox,
}

impl Scene<'_> {
    fn size_px(&self) -> [u32; 2] {
        self.state.view.as_ref().map_or([1, 1], |view| [view.picture.width_px, view.picture.height_px])
    }

    /// The detector is asked what the drawing shows, so that points help.
    fn takes_points(&self) -> bool {
        self.state.view.as_ref().is_some_and(|view| view.own_udp().is_none())
    }

    fn saying(&mut self) -> Saying<'_> {
        Saying { project: self.project, source: &self.drawing.source, outbox: self.outbox }
    }
}

impl LandmarkTool {
    /// Opens the tool on a drawing.
    pub(super) fn open(&mut self, source: DrawingSource) {
        self.close();
        self.open = Some(Open {
            source,
            look: Look::default(),
            mode: Mode::Places,
            brush_px: None,
            show_udp: false,
            chosen: None,
            held: None,
            stroke: None,
            selected: None,
            delete: false,
            asked: None,
            working: None,
            shown: Shown::default(),
        });
    }

    fn close(&mut self) {
        if let Some((_, job)) = self.open.take().and_then(|open| open.working) {
            job.stop();
        }
    }

    /// A worker brings a piece.
    pub(super) fn take(&mut self, errand: u64, piece: Piece) {
        if let Piece::Guide(sides) = piece {
            if self.guide_asked.as_ref().is_some_and(|(_, asked)| *asked == errand) {
                self.guide = Some(Guide { sides, textures: [None, None] });
            }
            return;
        }
        let awaits = |open: &&mut Open| open.working.as_ref().is_some_and(|(number, _)| *number == errand);
        if let Some(open) = self.open.as_mut().filter(awaits) {
            open.shown.fresh.push(piece);
        }
    }

    /// Takes the keys that mean the tool as long as it is open: to be called before others look for theirs.
    pub(super) fn keys(&mut self, ctx: &egui::Context) {
        let Some(open) = &mut self.open else { return };
        // The keyboard may be on a mark.
        if ctx.text_edit_focused() || egui::Popup::is_any_open(ctx) {
            return;
        }
        let pressed = |key| ctx.input_mut(|input| input.consume_key(Modifiers::NONE, key));
        open.delete = pressed(Key::Delete) | pressed(Key::Backspace);
        if pressed(Key::Escape) && open.chosen.take().is_none() {
            self.close();
        }
    }

    /// Draws the tool, if it is open.
    pub(super) fn show(
        &mut self,
        ctx: &egui::Context,
        project: &Project,
        content: &Content,
        jobs: &Jobs,
        outbox: &mut Outbox,
    ) {
        let Some(open) = &mut self.open else { return };
        let drawing = project.sheet.iter().find(|drawing| drawing.source == open.source);
        let (Some(drawing), Some(state)) = (drawing, content.drawing(&open.source)) else {
            // It is no drawing of the sheet any more.
            return self.close();
        };
        let mut scene = Scene { project, drawing, state, content, outbox };
        open.ask(&scene, jobs, &mut self.errands, &self.fitter);
        open.shown.unpack(ctx);
        ask_for_guide(content, jobs, &mut self.errands, &mut self.guide_asked, &mut self.guide);
        let (mut stays, mut other) = (true, None);
        let screen = ctx.content_rect();
        egui::Window::new("Landmarks")
            .open(&mut stays)
            .collapsible(false)
            .default_size(vec2(screen.width() * 0.85, screen.height() * 0.8))
            .pivot(egui::Align2::CENTER_CENTER)
            .default_pos(screen.center())
            .show(ctx, |ui| {
                other = open.tools(ui, &mut scene);
                ui.separator();
                open.bottom(ui, &scene);
                open.side(ui, &mut scene, self.guide.as_mut());
                open.canvas(ui, &mut scene);
            });
        open.delete = false;
        if let Some(source) = other {
            scene.outbox.send(SheetCommand::Landmarks(Some(source)));
        }
        if !stays {
            self.close();
        }
    }
}

/// Sends a worker for the figure's sides, if they are another figure's.
fn ask_for_guide(
    content: &Content,
    jobs: &Jobs,
    errands: &mut u64,
    asked: &mut Option<(Arc<Subject>, u64)>,
    guide: &mut Option<Guide>,
) {
    let subject = content.subject();
    if subject.map(Arc::as_ptr) == asked.as_ref().map(|(of, _)| Arc::as_ptr(of)) {
        return;
    }
    *guide = None;
    *asked = subject.map(|subject| {
        *errands += 1;
        let (errand, subject) = (*errands, Arc::clone(subject));
        let of = Arc::clone(&subject);
        jobs.start_quietly("Drawing the figure's sides", move |_| {
            answer::guide(&subject).map(|sides| Event::Landmarks(errand, Piece::Guide(Box::new(sides))))
        });
        (of, errand)
    });
}

impl Shown {
    /// Hands what workers brought to the graphics card.
    fn unpack(&mut self, ctx: &egui::Context) {
        let load = |image: Arc<egui::ColorImage>| {
            let options =
                egui::TextureOptions { magnification: egui::TextureFilter::Nearest, ..egui::TextureOptions::LINEAR };
            ctx.load_texture("landmarks", image, options)
        };
        for piece in std::mem::take(&mut self.fresh) {
            match piece {
                Piece::Drawing(image) => self.drawing = Some(load(image)),
                Piece::Covered(image) => self.covered = image.map(load),
                Piece::Places(places, udp) => (self.places, self.udp) = (places, Some(load(udp))),
                Piece::Joints(joints) => self.joints = joints,
                Piece::Guide(_) => {}
            }
        }
    }
}

impl Open {
    /// Sends a worker, if what is wanted is not what was asked for last; one at a time.
    fn ask(&mut self, scene: &Scene<'_>, jobs: &Jobs, errands: &mut u64, fitter: &KeptFitter) {
        let Some(view) = &scene.state.view else { return };
        let wanted = Wanted {
            view: Arc::clone(view),
            strokes: scene.drawing.not_character.clone(),
            found: scene.state.detected.clone().map(|udp| (udp, scene.state.spread.clone())),
            view_deg: scene.drawing.side.map(crate::sheet::Side::degrees),
            subject: scene.content.subject().cloned(),
        };
        if self.asked.as_ref().is_some_and(|asked| asked.same(&wanted)) {
            return;
        }
        // Nobody knows what one that is stopped has brought.
        if let Some((_, job)) = self.working.take().filter(|(_, job)| job.is_running()) {
            job.stop();
            self.asked = None;
        }
        *errands += 1;
        let (errand, before, fitter) = (*errands, self.asked.replace(wanted.clone()), Arc::clone(fitter));
        let job = jobs.start_quietly("Looking for landmarks", move |job| {
            wanted.make(before.as_ref(), &fitter, job, &|piece| job.send(Event::Landmarks(errand, piece)));
            None
        });
        self.working = Some((errand, job));
    }
}
