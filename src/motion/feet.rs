//! When a foot stands: slow and low for some frames.

use glam::Vec3;

/// A foot's joints, in multiples of the legs' length.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Foot {
    pub(super) ankle: Vec3,
    pub(super) toes: Option<Vec3>,
}

/// Which part of a foot stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Contact {
    /// It is in the air.
    #[default]
    None,
    /// The toes stand, the ankle rises or has not come down yet.
    Toes,
    /// The foot stands whole.
    Ankle,
}

/// The legs' length that speeds and heights are for, metres.
pub(super) const LEG_M: f32 = 0.8;
/// What moves slower stands, metres a second …
const SLOW_M_S: f32 = 0.15;
/// … if it is no higher than this above its lowest, metres …
const LOW_M: f32 = 0.05;
/// … and stays so for so many frames …
const FRAMES: usize = 3;
/// … and so many seconds.
const SECONDS: f64 = 0.06;

/// For each frame which part of the left and the right foot stands.
pub(super) fn contacts(feet: &[[Foot; 2]], fps: f64) -> Vec<[Contact; 2]> {
    let mut contacts = vec![[Contact::None; 2]; feet.len()];
    for side in 0..2 {
        let ankles: Vec<Vec3> = feet.iter().map(|feet| feet[side].ankle).collect();
        let toes: Option<Vec<Vec3>> = feet.iter().map(|feet| feet[side].toes).collect();
        // The whole foot last: where it stands, its toes do so too.
        for (places, contact) in [(toes, Contact::Toes), (Some(ankles), Contact::Ankle)] {
            for (i, stands) in stands(&places.unwrap_or_default(), fps).into_iter().enumerate() {
                if stands {
                    contacts[i][side] = contact;
                }
            }
        }
    }
    contacts
}

/// For each place whether what is there stands.
fn stands(places: &[Vec3], fps: f64) -> Vec<bool> {
    let lowest = places.iter().map(|place| place.y).fold(f32::INFINITY, f32::min);
    let mut stands: Vec<bool> = (0..places.len())
        .map(|i| {
            let (before, after) = (i.saturating_sub(1), (i + 1).min(places.len() - 1));
            let seconds = (after - before) as f32 / fps as f32;
            let speed = LEG_M * places[before].distance(places[after]) / seconds.max(1e-6);
            speed < SLOW_M_S && LEG_M * (places[i].y - lowest) < LOW_M
        })
        .collect();
    let least = FRAMES.max((SECONDS * fps).round() as usize).min(places.len());
    for (first, last) in runs(stands.iter().copied()) {
        if last - first < least {
            stands[first..last].fill(false);
        }
    }
    stands
}

/// Where a condition holds: first, and the one after the last.
pub(super) fn runs(holds: impl Iterator<Item = bool>) -> Vec<(usize, usize)> {
    let (mut runs, mut first) = (Vec::new(), None);
    for (i, holds) in holds.chain([false]).enumerate() {
        match (holds, first) {
            (true, None) => first = Some(i),
            (false, Some(begun)) => {
                runs.push((begun, i));
                first = None;
            }
            _ => {}
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_foot_stands_where_it_is_slow_and_low_for_a_while() {
        // Stands for ten frames, swings for ten, stands for two.
        let at = |i: usize| match i {
            0..10 => Vec3::ZERO,
            10..20 => Vec3::new(0.0, 0.2, (i - 9) as f32 * 0.1),
            _ => Vec3::new(0.0, 0.0, 1.0),
        };
        let foot = |i| Foot { ankle: at(i), toes: None };
        let feet: Vec<[Foot; 2]> = (0..22).map(|i| [foot(i), foot(0)]).collect();
        let contacts = contacts(&feet, 30.0);
        assert!((0..9).all(|i| contacts[i][0] == Contact::Ankle) && (9..20).all(|i| contacts[i][0] == Contact::None));
        assert_eq!(contacts[21], [Contact::None, Contact::Ankle], "too short");
        assert_eq!(runs([true, true, false, true].into_iter()), [(0, 2), (3, 4)]);
    }
}
