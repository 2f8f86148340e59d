//! Which colours the drawings show on which part of the body: what shading makes of a colour must be one that somebody
//! drew there, or skin would shine white wherever a surface faces the light more squarely than in any drawing.

use super::cells::Cells;
use glam::{Vec3, Vec4};
use std::collections::HashMap;

/// Size of a region in landmark space; colours of the regions around it count as its own.
const REGION: f32 = 0.04;
/// Steps of each channel; a colour one step darker counts as shown.
const STEPS: usize = 32;
/// How much of a change is tried, if less of it was ever drawn than was asked for.
const SHARES: [f32; 3] = [1.0, 2.0 / 3.0, 1.0 / 3.0];

/// Colours shown, by part and region.
pub(super) struct Palette(HashMap<u16, Cells<Colours>>);

/// One bit for each step of red, green and blue.
struct Colours([u64; STEPS * STEPS * STEPS / 64]);

impl Default for Colours {
    fn default() -> Self {
        Self([0; STEPS * STEPS * STEPS / 64])
    }
}

impl Palette {
    /// Of opaque colours, the landmarks that have them, and the parts.
    pub(super) fn new(shown: impl Iterator<Item = (u16, Vec3, Vec4)>) -> Self {
        let mut exact: HashMap<u16, Cells<Colours>> = HashMap::new();
        for (part, landmark, colour) in shown {
            let regions = exact.entry(part).or_insert_with(|| Cells::new(REGION));
            regions.entry(landmark).insert(steps(colour.truncate()));
        }
        let widened = |regions: Cells<Colours>| {
            regions.map(|key| {
                let mut all = Colours::default();
                regions.around_key(key, |_, colours| all.0.iter_mut().zip(colours.0).for_each(|(a, b)| *a |= b));
                all.widened()
            })
        };
        Self(exact.into_iter().map(|(part, regions)| (part, widened(regions))).collect())
    }

    /// `changed`, or as much of the change from `colour` as leads to a colour that this part shows around this landmark.
    /// Both premultiplied, of the same alpha.
    pub(super) fn limit(&self, part: u16, landmark: Vec3, colour: Vec4, changed: Vec4) -> Vec4 {
        let shown = self.0.get(&part).and_then(|regions| regions.at(landmark));
        let Some(shown) = shown.filter(|_| colour.w > 0.0) else { return colour };
        SHARES
            .map(|share| colour.lerp(changed, share))
            .into_iter()
            .find(|tried| shown.has(steps(tried.truncate() / colour.w)))
            .unwrap_or(colour)
    }
}

fn steps(colour: Vec3) -> [usize; 3] {
    colour.to_array().map(|v| ((v * STEPS as f32) as usize).min(STEPS - 1))
}

impl Colours {
    fn insert(&mut self, [r, g, b]: [usize; 3]) {
        let bit = (r * STEPS + g) * STEPS + b;
        self.0[bit / 64] |= 1 << (bit % 64);
    }

    fn has(&self, [r, g, b]: [usize; 3]) -> bool {
        let bit = (r * STEPS + g) * STEPS + b;
        self.0[bit / 64] & 1 << (bit % 64) != 0
    }

    /// With the colours one step darker.
    fn widened(&self) -> Self {
        let mut widened = Self::default();
        let around = |v: usize| v.saturating_sub(1)..=v;
        for bit in (0..STEPS * STEPS * STEPS).filter(|bit| self.0[bit / 64] & 1 << (bit % 64) != 0) {
            for r in around(bit / (STEPS * STEPS)) {
                for g in around(bit / STEPS % STEPS) {
                    around(bit % STEPS).for_each(|b| widened.insert([r, g, b]));
                }
            }
        }
        widened
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIT: Vec4 = Vec4::new(0.96, 0.86, 0.8, 1.0);
    const SHADED: Vec4 = Vec4::new(0.8, 0.66, 0.68, 1.0);

    #[test]
    fn nothing_becomes_brighter_than_it_was_ever_drawn() {
        let (here, elsewhere) = (Vec3::splat(0.5), Vec3::new(0.5, 0.9, 0.5));
        let palette = Palette::new(
            [(0, here, LIT), (0, here, SHADED), (0, elsewhere, Vec4::ONE), (1, here, Vec4::ONE)].into_iter(),
        );
        assert_eq!(palette.limit(0, here, SHADED, LIT), LIT, "what was drawn may be shaded so");
        assert_eq!(palette.limit(0, here, LIT, SHADED), SHADED);
        assert_eq!(palette.limit(0, here, LIT, Vec4::ONE), LIT, "white is another part's");
        assert_eq!(palette.limit(0, here, LIT * 0.5, SHADED * 0.5), SHADED * 0.5, "half transparent");
        assert_eq!(palette.limit(0, Vec3::ZERO, LIT, SHADED), LIT, "nothing is drawn here");
        assert_eq!(palette.limit(0, here, Vec4::ZERO, Vec4::ZERO), Vec4::ZERO);
    }
}
