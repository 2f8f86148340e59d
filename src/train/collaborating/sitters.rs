//! On whom is measured: characters that nothing was learned from, the same as an artist would draw them, figures from files.

use super::super::TrainError;
use super::super::data::{Cast, Portraits, Rendering, handed_in, repainted};
use super::super::dice::Dice;
use super::super::painting::{Wanted, pictured};
use super::Gauge;
use super::measure::straight;
use crate::fude::renderer::prepare::Known;
use crate::transfer::Parts;
use std::path::PathBuf;
use std::sync::Arc;

/// Seeds of these are of no training.
pub(super) const HELD_OUT: u64 = 0x0b5e_55ed_0000_0002;
/// Drawings of a sheet.
pub(super) const VIEWS: usize = 4;
/// Pictures of each character that are wanted.
const WANTED: usize = 2;

/// A character's sheet and what is wanted from it.
pub(super) struct Sitter {
    pub(super) drawings: Vec<Known>,
    pub(super) parts: Option<Arc<Parts>>,
    pub(super) wanted: Vec<Wanted>,
}

impl Sitter {
    /// Of views as `painted` has them; those that show nothing are passed over. What is wanted is clean; drawings of the
    /// sheet are what `handed` makes of them, each by its number.
    fn of(
        Portraits { views, parts }: Portraits,
        size_px: usize,
        painted: impl Fn(&Rendering) -> Rendering,
        handed: impl Fn(usize, Vec<[u8; 4]>) -> Vec<[u8; 4]>,
    ) -> Option<Self> {
        let framed = views.iter().filter_map(|view| {
            let (picture, udp) = pictured(&painted(view), [0, 1, 2]);
            Wanted::framed(&picture, &udp, size_px)
        });
        let mut all: Vec<Wanted> = framed.take(VIEWS + WANTED).collect();
        if all.len() < VIEWS + WANTED {
            return None;
        }
        let wanted = all.split_off(VIEWS);
        let known = |(at, view): (usize, Wanted)| Known {
            picture: straight(&handed(at, view.colours), size_px),
            udp: view.udp,
            spread: None,
        };
        Some(Self { drawings: all.into_iter().enumerate().map(known).collect(), parts, wanted })
    }
}

impl Gauge {
    /// So many generated characters in pictures of this side.
    ///
    /// # Errors
    /// None but for a damaged build.
    pub fn new(size_px: usize, characters: u64) -> Result<Self, TrainError> {
        Self::generated(size_px, characters, |portraits, _| {
            Sitter::of(portraits, size_px, Rendering::clone, |_, drawing| drawing)
        })
    }

    /// The same characters, poses and cameras as drawings: of each character all pictures are painted in one way by lot, with
    /// other colours, lines, strokes; and its sheet went through a scanner. Characters differ from those that were learned from
    /// by that alone.
    ///
    /// # Errors
    /// None but for a damaged build.
    pub fn drawn(size_px: usize, characters: u64) -> Result<Self, TrainError> {
        Self::generated(size_px, characters, |portraits, number| {
            let painted = |view: &Rendering| repainted(view, &mut Dice::of(&[HELD_OUT, 6, number]));
            Sitter::of(portraits, size_px, painted, |at, drawing| {
                handed_in(&drawing, size_px, &mut Dice::of(&[HELD_OUT, 7, number, at as u64]))
            })
        })
    }

    /// Figures from files, in poses and from sides by lot, always the same.
    ///
    /// # Errors
    /// A file that can't be read, or whose figure shows nothing.
    pub fn of_figures(size_px: usize, files: &[PathBuf]) -> Result<Self, TrainError> {
        let cast = Cast::new(HELD_OUT, files.to_vec())?;
        let sitter = |(number, file): (usize, &PathBuf)| {
            let sitter = Sitter::of(cast.portraits_of_file(number)?, size_px, Rendering::clone, |_, drawing| drawing);
            sitter.ok_or_else(|| TrainError::Network(format!("{} shows nothing from most sides", file.display())))
        };
        Ok(Self { sitters: files.iter().enumerate().map(sitter).collect::<Result<_, _>>()?, size_px })
    }

    fn generated(
        size_px: usize,
        characters: u64,
        sitter: impl Fn(Portraits, u64) -> Option<Sitter>,
    ) -> Result<Self, TrainError> {
        let cast = Cast::held_out(HELD_OUT)?;
        let sitter = |number: u64| {
            let nothing = || TrainError::Network("a figure shows nothing from most sides".into());
            sitter(cast.portraits(number)?, number).ok_or_else(nothing)
        };
        Ok(Self { sitters: (0..characters).map(sitter).collect::<Result<_, TrainError>>()?, size_px })
    }
}
