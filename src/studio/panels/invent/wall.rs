//! The wall of candidates: who hangs there, who is chosen, who stays.

use super::super::picture::{Shown, paint};
use crate::engine::Candidate;
use crate::psgan::Latent;
use crate::studio::content::WindowImage;
use egui::{Align2, Color32, Rect, Sense, Stroke, StrokeKind, TextStyle, TextureOptions, Ui, UiBuilder, vec2};
use std::sync::Arc;

/// How many hang there.
const CANDIDATES: u64 = 12;
/// Least side of one, points; as many as fit stand beside each other.
const CELL: f32 = 80.0;
const GAP: f32 = 6.0;
/// Side of the chosen one, points.
const LARGE: f32 = 176.0;
/// How far a variation is from whom it varies, as share of the way to somebody by lot.
const VARIED: f32 = 0.35;
/// How far a mix is from the first of two at first.
const HALF: f32 = 0.5;

/// Paints somebody over all of `rect`; who is not there yet is left empty.
fn portrait(ui: &Ui, rect: Rect, picture: Option<&WindowImage>, texture: &mut Shown) {
    ui.painter().rect_filled(rect, 4.0, ui.visuals().extreme_bg_color);
    if let Some(WindowImage { image, revision }) = picture {
        let make = || image.clone().into();
        let texture = texture.texture(ui.ctx(), "candidate", *revision, TextureOptions::LINEAR, make);
        paint(ui.painter(), rect.shrink(2.0), texture);
    }
}

/// A place on the wall.
struct Cell {
    candidate: Candidate,
    locked: bool,
    picture: Option<WindowImage>,
    texture: Shown,
}

impl Cell {
    fn new(candidate: Candidate) -> Self {
        Self { candidate, locked: false, picture: None, texture: Shown::default() }
    }
}

/// The wall.
pub(super) struct Wall {
    cells: Vec<Cell>,
    /// At most two of them, in the order in which they were chosen.
    chosen: Vec<usize>,
    /// How far the mix of two is from the first.
    share: f32,
    /// The last mix that was invented.
    mixed: Option<(Latent, WindowImage)>,
    /// Of who is chosen, or the mix of both, large.
    large: Shown,
    /// The number of the next candidate.
    next: u64,
    revisions: u64,
}

impl Default for Wall {
    fn default() -> Self {
        Self {
            cells: (1..=CANDIDATES).map(|seed| Cell::new(Candidate::seeded(seed))).collect(),
            chosen: vec![0],
            share: HALF,
            mixed: None,
            large: Shown::default(),
            next: CANDIDATES + 1,
            revisions: 0,
        }
    }
}

impl Wall {
    /// Who is chosen: one of the wall, or the mix of two.
    pub(super) fn current(&self) -> Option<Candidate> {
        let chosen = |at: usize| Some(&self.cells[*self.chosen.get(at)?].candidate);
        match (chosen(0), chosen(1)) {
            (Some(a), Some(b)) => Some(a.between(b, self.share)),
            (one, _) => one.cloned(),
        }
    }

    /// All that are to be seen, the large one first.
    pub(super) fn latents(&self) -> Vec<Latent> {
        let mut latents: Vec<Latent> = self.current().map(|candidate| candidate.latent).into_iter().collect();
        for cell in &self.cells {
            if !latents.contains(&cell.candidate.latent) {
                latents.push(cell.candidate.latent.clone());
            }
        }
        latents
    }

    /// Somebody's picture came.
    pub(super) fn hang(&mut self, latent: &Latent, image: &Arc<egui::ColorImage>) {
        self.revisions += 1;
        let picture = WindowImage { image: image.clone(), revision: self.revisions };
        let mut hangs = false;
        for cell in self.cells.iter_mut().filter(|cell| cell.candidate.latent == *latent) {
            (cell.picture, hangs) = (Some(picture.clone()), true);
        }
        if !hangs {
            self.mixed = Some((latent.clone(), picture));
        }
    }

    /// The picture of who is chosen, and whether it is that already: a mix shows the one before until it is invented.
    fn seen(&self, current: &Candidate) -> (Option<&WindowImage>, bool) {
        // All of the first, and nothing of the second, is who hangs on the wall.
        let hangs = self.cells.iter().find(|cell| cell.candidate.latent == current.latent);
        match (hangs, &self.mixed) {
            (Some(cell), _) => (cell.picture.as_ref(), cell.picture.is_some()),
            (None, Some((latent, picture))) => (Some(picture), *latent == current.latent),
            (None, None) => (None, false),
        }
    }

    /// Others come for all that are not locked.
    pub(super) fn reseed(&mut self) {
        self.replace(|_| true, Candidate::seeded);
    }

    /// Others like the chosen one come for all that are not locked.
    pub(super) fn vary(&mut self) {
        let (Some(of), chosen) = (self.current(), self.chosen.clone()) else { return };
        self.replace(|at| !chosen.contains(&at), |next| of.between(&Candidate::seeded(next), VARIED));
    }

    fn replace(&mut self, goes: impl Fn(usize) -> bool, new: impl Fn(u64) -> Candidate) {
        for (at, cell) in self.cells.iter_mut().enumerate() {
            if !cell.locked && goes(at) {
                *cell = Cell::new(new(self.next));
                self.next += 1;
            }
        }
    }

    /// How many hang there that would stay.
    pub(super) fn locked(&self) -> usize {
        self.cells.iter().filter(|cell| cell.locked).count()
    }

    /// Who is chosen, large, and how two are mixed.
    pub(super) fn chosen_ui(&mut self, ui: &mut Ui, beside: impl FnOnce(&mut Ui)) {
        let current = self.current();
        ui.horizontal_top(|ui| {
            let (rect, response) = ui.allocate_exact_size(vec2(LARGE, LARGE), Sense::hover());
            let (picture, there) = current.as_ref().map_or((None, false), |current| self.seen(current));
            let picture = picture.cloned();
            let name = match &current {
                Some(current) if there => format!("Chosen: {}", current.name),
                Some(_) => "Being invented".to_owned(),
                None => "Nobody is chosen".to_owned(),
            };
            response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Image, true, &name));
            portrait(ui, rect, picture.as_ref(), &mut self.large);
            ui.vertical(|ui| {
                match self.chosen[..] {
                    [first, second] => {
                        let [first, second] = [first, second].map(|at| self.cells[at].candidate.name.clone());
                        let label = ui.label(format!("Mix of {first} and {second}"));
                        let slider = egui::Slider::new(&mut self.share, 0.0..=1.0).show_value(false);
                        let slider = ui.add(slider).labelled_by(label.id);
                        slider.on_hover_text("From the first that was chosen to the second");
                    }
                    [one] => _ = ui.label(format!("Number {}", self.cells[one].candidate.name)),
                    _ => _ = ui.weak("Click somebody below."),
                }
                beside(ui);
            });
        });
    }

    /// All of them.
    pub(super) fn ui(&mut self, ui: &mut Ui) {
        let room = ui.available_width() + GAP;
        let side = (room / (room / (CELL + GAP)).floor().max(1.0) - GAP).floor().max(CELL);
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing = vec2(GAP, GAP);
            for at in 0..self.cells.len() {
                self.cell(ui, at, side);
            }
        });
    }

    fn cell(&mut self, ui: &mut Ui, at: usize, side: f32) {
        let (rect, response) = ui.allocate_exact_size(vec2(side, side), Sense::click());
        let place = self.chosen.iter().position(|&chosen| chosen == at);
        let cell = &mut self.cells[at];
        let name = match cell.picture {
            Some(_) => format!("Candidate {}", cell.candidate.name),
            None => format!("Candidate {}, being invented", cell.candidate.name),
        };
        response.widget_info(|| egui::WidgetInfo::selected(egui::Role::Button, true, place.is_some(), &name));
        portrait(ui, rect, cell.picture.as_ref(), &mut cell.texture);
        let stroke = match place {
            // What is seen beside white on a dark ground, and what is on a light one.
            Some(_) if ui.visuals().dark_mode => Stroke::new(2.0, ui.visuals().selection.bg_fill),
            Some(_) => Stroke::new(2.0, ui.visuals().selection.stroke.color),
            None if response.hovered() || response.has_focus() => ui.style().interact(&response).bg_stroke,
            None => Stroke::NONE,
        };
        ui.painter().rect_stroke(rect, 4.0, stroke, StrokeKind::Inside);
        // Painted, not a label: the cell carries the name already. Below it is white, once somebody hangs there.
        let ink = if cell.picture.is_some() { Color32::from_gray(96) } else { ui.visuals().weak_text_color() };
        let font = TextStyle::Small.resolve(ui.style());
        let foot = rect.left_bottom() + vec2(6.0, -4.0);
        ui.painter_at(rect).text(foot, Align2::LEFT_BOTTOM, &cell.candidate.name, font, ink);
        let corner = Rect::from_min_size(rect.right_top() + vec2(-24.0, 2.0), vec2(22.0, 22.0));
        if cell.locked || response.hovered() || response.contains_pointer() || response.has_focus() {
            let number = cell.candidate.name.clone();
            ui.scope_builder(UiBuilder::new().max_rect(corner), |ui| {
                let lock = ui.selectable_label(cell.locked, "🔒");
                lock.widget_info(|| {
                    let label = format!("Lock {number}");
                    egui::WidgetInfo::selected(egui::Role::CheckBox, true, cell.locked, label)
                });
                if lock.on_hover_text("Stays when others come").clicked() {
                    cell.locked = !cell.locked;
                }
            });
        }
        if response.on_hover_text("Click one to see it large, then another to mix both").clicked() {
            self.choose(at, place);
        }
    }

    /// A click chooses, and takes back; the third takes the place of the second.
    fn choose(&mut self, at: usize, place: Option<usize>) {
        match place {
            Some(place) => drop(self.chosen.remove(place)),
            None => {
                self.chosen.truncate(1);
                self.chosen.push(at);
                self.share = HALF;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(wall: &Wall) -> Vec<String> {
        wall.cells.iter().map(|cell| cell.candidate.name.clone()).collect()
    }

    #[test]
    fn who_is_locked_stays_and_nobody_comes_twice() {
        let mut wall = Wall::default();
        wall.cells[4].locked = true;
        let before = names(&wall);
        wall.reseed();
        let after = names(&wall);
        assert_eq!(after[4], before[4]);
        assert!(after.iter().enumerate().all(|(at, name)| at == 4 || !before.contains(name)), "{after:?}");
        wall.vary();
        let varied = names(&wall);
        assert_eq!((&varied[0], &varied[4]), (&after[0], &after[4]), "who is varied stays, too");
        assert!(
            varied.iter().enumerate().all(|(at, name)| [0, 4].contains(&at) || name.starts_with("13-")),
            "{varied:?}"
        );
    }

    #[test]
    fn two_that_are_chosen_are_mixed() {
        let mut wall = Wall::default();
        assert_eq!(wall.current().unwrap().name, "1");
        assert_eq!(wall.latents().len(), CANDIDATES as usize);
        wall.choose(6, None);
        assert_eq!(wall.current().unwrap().name, "1-7-50");
        assert_eq!(wall.latents().len(), CANDIDATES as usize + 1);
        wall.choose(2, None);
        assert_eq!(wall.chosen, [0, 2], "the third for the second");
        wall.choose(0, Some(0));
        assert_eq!(wall.current().unwrap().name, "3");
        wall.choose(2, Some(0));
        assert_eq!(wall.current(), None);
    }

    #[test]
    fn pictures_hang_where_they_belong() {
        let mut wall = Wall::default();
        let image = Arc::new(egui::ColorImage::filled([2, 2], egui::Color32::RED));
        wall.hang(&Latent::seeded(3), &image);
        let hangs = |wall: &Wall| wall.cells.iter().map(|cell| cell.picture.is_some()).collect::<Vec<_>>();
        assert_eq!(hangs(&wall).iter().position(|there| *there), Some(2));
        let there = |wall: &Wall| wall.seen(&wall.current().unwrap()).1;
        assert!(!there(&wall), "the first is chosen");
        wall.choose(2, None);
        assert!(!there(&wall));
        let mix = wall.current().unwrap();
        wall.hang(&mix.latent, &image);
        assert!(there(&wall));
        wall.share = 0.7;
        assert!(!there(&wall) && wall.seen(&mix).0.is_some(), "the one before until it comes");
        wall.share = 0.0;
        wall.hang(&Latent::seeded(1), &image);
        assert!(there(&wall), "all of the first");
        wall.choose(0, Some(0));
        assert!(there(&wall), "who hangs there is large at once");
        wall.reseed();
        assert!(!hangs(&wall).contains(&true));
    }
}
