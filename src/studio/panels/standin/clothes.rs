//! What the stand-in wears and carries, piece by piece.

use super::Change;
use super::parts::{choice, colour, slider, table};
use crate::example::CharacterParams;
use crate::example::wear::{Dye, Extra, Garment, Pattern, Piece};
use crate::standin::{GARMENTS, Group, OUTFITS, PATTERNS, SIDES, THINGS, Words};
use egui::{CollapsingHeader, Grid, Ui};

/// More than that nobody wears.
const MOST: usize = 24;

/// Clothes.
pub(super) fn clothes(ui: &mut Ui, params: &CharacterParams) -> Change {
    let mut change = None;
    if params.wear.is_empty() {
        let mut new = params.clone();
        let mut chosen = None;
        Grid::new("outfit").num_columns(2).show(ui, |ui| {
            chosen = choice(ui, "Outfit", &mut new.outfit.kind, OUTFITS);
            let accessories = &mut new.accessories;
            for (name, worn) in [
                ("Ribbon in the hair", &mut accessories.hair_ribbon),
                ("Bow at the chest", &mut accessories.bow),
                ("Band around the neck", &mut accessories.choker),
            ] {
                ui.label("");
                if ui.checkbox(worn, name).changed() {
                    chosen = Some(name.to_lowercase());
                }
                ui.end_row();
            }
        });
        change = chosen.map(|name| (format!("Change the stand-in's {name}"), new));
        change = change.or(table(ui, params, Group::Outfit));
        let tip =
            "Tops, skirts, coats, socks … instead of this outfit, each as long and wide and in the colours you like";
        if ui.button("Choose piece by piece").on_hover_text(tip).clicked() {
            let wear = pieces_of(params);
            change = Some(("Dress the stand-in piece by piece".to_owned(), CharacterParams { wear, ..params.clone() }));
        }
        return change;
    }
    for (i, garment) in params.wear.iter().enumerate() {
        let name = name_of(GARMENTS, &garment.piece);
        let head = CollapsingHeader::new(name).id_salt(("garment", i));
        let mut new = params.clone();
        match head.show(ui, |ui| self::garment(ui, &mut new.wear[i])).body_returned {
            Some(Some(Done::Changed)) => change = Some((format!("Change the stand-in's {}", name.to_lowercase()), new)),
            Some(Some(Done::Removed)) => {
                new.wear.remove(i);
                change = Some((format!("Take off the stand-in's {}", name.to_lowercase()), new));
            }
            _ => {}
        }
    }
    ui.horizontal_wrapped(|ui| {
        if let Some(piece) = add(ui, "Add a piece", GARMENTS, params.wear.len() < MOST) {
            let mut new = params.clone();
            new.wear.push(Garment { piece, ..Garment::default() });
            change = Some((format!("Put on the stand-in's {}", name_of(GARMENTS, &piece).to_lowercase()), new));
        }
        let tip = "The sailor uniform, the hoodie or the dress; undo brings the pieces back";
        if ui.button("Back to an outfit").on_hover_text(tip).clicked() {
            let new = CharacterParams { wear: Vec::new(), ..params.clone() };
            change = Some(("Give the stand-in an outfit".to_owned(), new));
        }
    });
    change
}

/// Things on head and body.
pub(super) fn things(ui: &mut Ui, params: &CharacterParams) -> Change {
    let mut change = None;
    for (i, extra) in params.extras.iter().enumerate() {
        let name = name_of(THINGS, &extra.thing);
        let head = CollapsingHeader::new(name).id_salt(("thing", i));
        let mut new = params.clone();
        match head.show(ui, |ui| thing(ui, &mut new.extras[i])).body_returned {
            Some(Some(Done::Changed)) => change = Some((format!("Change the stand-in's {}", name.to_lowercase()), new)),
            Some(Some(Done::Removed)) => {
                new.extras.remove(i);
                change = Some((format!("Take away the stand-in's {}", name.to_lowercase()), new));
            }
            _ => {}
        }
    }
    if let Some(thing) = add(ui, "Add a thing", THINGS, params.extras.len() < MOST) {
        let mut new = params.clone();
        new.extras.push(Extra { thing, ..Extra::default() });
        change = Some((format!("Give the stand-in: {}", name_of(THINGS, &thing).to_lowercase()), new));
    }
    change
}

/// What became of a piece.
enum Done {
    Changed,
    Removed,
}

fn garment(ui: &mut Ui, garment: &mut Garment) -> Option<Done> {
    let mut changed = false;
    Grid::new("garment").num_columns(2).show(ui, |ui| {
        let kinds = GARMENTS.iter().find(|(_, kinds)| kinds.iter().any(|kind| kind.0 == garment.piece));
        changed |= kinds.is_some_and(|(_, kinds)| choice(ui, "Kind", &mut garment.piece, kinds).is_some());
        changed |= choice(ui, "Side", &mut garment.side, SIDES).is_some();
        changed |= slider(ui, "Length", "0 is the shortest of its kind", &mut garment.length, 0.0..=2.0, "", 1.0);
        changed |= slider(ui, "Width", "0 is close to the body", &mut garment.width, 0.0..=2.0, "", 1.0);
        let dye = &mut garment.dye;
        changed |= colour(ui, "Colour", &mut dye.colour);
        changed |= colour(ui, "Second colour", &mut dye.second);
        changed |= choice(ui, "Pattern", &mut dye.pattern, PATTERNS).is_some();
        if dye.pattern != Pattern::Plain {
            let mut repeats = dye.repeats as f32;
            if slider(ui, "Repeats", "How often the pattern goes around the body", &mut repeats, 4.0..=32.0, "", 12.0) {
                dye.repeats = (repeats.round() as u32).clamp(1, 64);
                changed = true;
            }
        }
        changed |= slider(ui, "Line at the hem", "In the second colour", &mut dye.trim, 0.0..=0.3, "", 0.0);
        changed |= slider(ui, "Fade", "How far the hem takes on the second colour", &mut dye.fade, 0.0..=1.0, "", 0.0);
    });
    let removed = ui.button("Take it off").clicked();
    if removed { Some(Done::Removed) } else { changed.then_some(Done::Changed) }
}

fn thing(ui: &mut Ui, extra: &mut Extra) -> Option<Done> {
    let mut changed = false;
    Grid::new("thing").num_columns(2).show(ui, |ui| {
        changed |= choice(ui, "Side", &mut extra.side, SIDES).is_some();
        changed |= slider(ui, "Size", "How large it is", &mut extra.size, 0.3..=2.5, "×", 1.0);
        changed |= colour(ui, "Colour", &mut extra.colour);
        changed |= colour(ui, "Second colour", &mut extra.second);
    });
    let removed = ui.button("Take it away").clicked();
    if removed { Some(Done::Removed) } else { changed.then_some(Done::Changed) }
}

/// A menu of all that can be added, by where it belongs.
fn add<T: Copy>(ui: &mut Ui, title: &str, all: &[(&str, Words<T>)], room: bool) -> Option<T> {
    let mut chosen = None;
    ui.add_enabled_ui(room, |ui| {
        ui.menu_button(title, |ui| {
            for (place, kinds) in all {
                ui.menu_button(*place, |ui| {
                    for &(kind, words) in *kinds {
                        if ui.button(words).clicked() {
                            chosen = Some(kind);
                            ui.close();
                        }
                    }
                });
            }
        });
    });
    chosen
}

fn name_of<T: PartialEq>(all: &[(&str, Words<T>)], wanted: &T) -> &'static str {
    let mut kinds = all.iter().flat_map(|(_, kinds)| kinds.iter());
    kinds.find(|(kind, _)| kind == wanted).map_or("Piece", |(_, words)| words)
}

/// Pieces much like the outfit, to begin with.
fn pieces_of(params: &CharacterParams) -> Vec<Garment> {
    use crate::example::params::OutfitKind;
    let outfit = &params.outfit;
    let garment = |piece, length, colour, second, trim| Garment {
        piece,
        length,
        dye: Dye { colour, second, trim, ..Dye::default() },
        ..Garment::default()
    };
    let (main, second, stripe) = (outfit.main, outfit.second, outfit.trim);
    let mut wear = match outfit.kind {
        OutfitKind::Sailor => vec![
            garment(Piece::Shirt, 1.0, main, second, 0.0),
            garment(Piece::PleatedSkirt, (0.8 * outfit.skirt_length).clamp(0.0, 2.0), second, stripe, 0.06),
            garment(Piece::Sleeve, 1.6, main, second, 0.08),
            garment(Piece::Collar, 1.0, second, stripe, 0.1),
        ],
        OutfitKind::Hoodie => vec![
            garment(Piece::Trousers, 1.3, second, main, 0.0),
            garment(Piece::Pullover, 1.0, main, second, 0.0),
            garment(Piece::Sleeve, 1.8, main, second, 0.0),
            garment(Piece::HoodDown, 1.0, main, second, 0.0),
        ],
        OutfitKind::Dress => vec![
            garment(Piece::ScoopNeck, 1.0, main, second, 0.0),
            garment(Piece::Skirt, (0.9 * outfit.skirt_length).clamp(0.0, 2.0), main, second, 0.08),
            garment(Piece::PuffedSleeve, 0.6, main, second, 0.0),
        ],
    };
    if params.accessories.bow {
        wear.push(garment(Piece::Bow, 1.0, outfit.accent, outfit.accent, 0.0));
    }
    wear.extend([
        garment(Piece::Socks, 0.9, outfit.socks, stripe, 0.0),
        garment(Piece::Shoes, 1.0, outfit.shoes, outfit.shoes, 0.0),
    ]);
    wear
}
