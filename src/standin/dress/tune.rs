//! Numbers of a stand-in, each moved a little to and fro as long as that makes it more like the drawings.

use super::judge::Judge;
use super::look::{Look, PLACES, Place, THINGS};
use super::{DressError, MOST};
use crate::progress::Progress;

/// A number that is tuned: where it is, how far it may go, and the first step.
pub(super) struct Knob {
    get: Box<dyn Fn(&mut Look) -> Option<&mut f32> + Send + Sync>,
    range: [f32; 2],
    step: f32,
}

/// Steps are halved until this share of the first.
const FINEST: f32 = 0.12;

fn knob(range: [f32; 2], step: f32, get: impl Fn(&mut Look) -> Option<&mut f32> + Send + Sync + 'static) -> Knob {
    Knob { get: Box::new(get), range, step }
}

/// Those of the build, as far as clothes don't hide it.
pub(super) fn of_proportions() -> Vec<Knob> {
    let mut knobs = of_build();
    knobs.truncate(8);
    knobs
}

/// Those of the build.
pub(super) fn of_build() -> Vec<Knob> {
    vec![
        knob([0.5, 4.0], 0.08, |look| Some(&mut look.params.build.head)),
        knob([0.3, 2.0], 0.06, |look| Some(&mut look.params.build.legs)),
        knob([0.5, 2.0], 0.08, |look| Some(&mut look.params.build.girth)),
        knob([0.5, 2.0], 0.08, |look| Some(&mut look.params.build.shoulders)),
        knob([0.5, 2.0], 0.08, |look| Some(&mut look.params.build.hips)),
        knob([0.3, 2.0], 0.06, |look| Some(&mut look.params.build.arms)),
        knob([0.6, 1.6], 0.05, |look| Some(&mut look.params.build.head_shape[0])),
        knob([0.6, 1.6], 0.05, |look| Some(&mut look.params.build.head_shape[1])),
        knob([0.4, 3.0], 0.12, |look| Some(&mut look.params.build.limbs[0])),
        knob([0.4, 3.0], 0.12, |look| Some(&mut look.params.build.limbs[1])),
        knob([0.4, 3.0], 0.12, |look| Some(&mut look.params.build.limbs[2])),
        knob([0.4, 3.0], 0.12, |look| Some(&mut look.params.build.limbs[3])),
        knob([0.5, 2.0], 0.08, |look| Some(&mut look.params.build.face)),
        knob([0.3, 3.0], 0.12, |look| Some(&mut look.params.build.hands)),
        knob([0.3, 3.0], 0.12, |look| Some(&mut look.params.build.feet)),
        knob([0.0, 2.0], 0.3, |look| Some(&mut look.params.build.bust)),
        knob([0.0, 1.5], 0.3, |look| Some(&mut look.params.build.belly)),
    ]
}

/// Those that decide whether clothes on trunk and legs fit.
pub(super) fn of_fit() -> Vec<Knob> {
    let place = |place: Place, width: bool| {
        knob([0.0, 2.0], 0.3, move |look| {
            look.worn[place as usize].as_mut().map(|g| if width { &mut g.width } else { &mut g.length })
        })
    };
    vec![
        place(Place::Lower, false),
        place(Place::Lower, true),
        place(Place::Over, false),
        place(Place::Over, true),
        knob([0.4, 3.0], 0.15, |look| Some(&mut look.params.build.limbs[2])),
        knob([0.5, 2.0], 0.10, |look| Some(&mut look.params.build.hips)),
        knob([0.5, 2.0], 0.10, |look| Some(&mut look.params.build.girth)),
    ]
}

/// Where it lies in the drawings.
pub(super) fn of_place() -> Vec<Knob> {
    let range = [-0.15, 0.15];
    let nudge = |drawing: usize, which: usize| knob(range, 0.012, move |look| Some(&mut look.nudges[drawing][which]));
    (0..MOST).flat_map(|drawing| (0..3).map(move |which| nudge(drawing, which))).collect()
}

/// Those that decide whether what is on the head fits.
pub(super) fn of_head() -> Vec<Knob> {
    vec![
        knob([0.4, 2.0], 0.2, |look| look.things[0].as_mut().map(|thing| &mut thing.size)),
        knob([0.5, 4.0], 0.10, |look| Some(&mut look.params.build.head)),
        knob([0.6, 1.6], 0.06, |look| Some(&mut look.params.build.head_shape[0])),
        knob([0.3, 2.0], 0.06, |look| Some(&mut look.params.build.legs)),
    ]
}

/// Those of hair, clothes and things.
pub(super) fn of_clothes() -> Vec<Knob> {
    let mut knobs = vec![
        knob([0.1, 3.0], 0.25, |look| Some(&mut look.params.hair.length)),
        knob([-2.0, 6.0], 0.8, |look| Some(&mut look.params.hair.flare)),
        knob([-1.0, 1.0], 0.4, |look| Some(&mut look.params.hair.lopsided)),
        knob([0.0, 4.0], 0.8, |look| Some(&mut look.params.hair.ahoge)),
    ];
    for place in 0..PLACES {
        knobs.push(knob([0.0, 2.0], 0.3, move |look| look.worn[place].as_mut().map(|garment| &mut garment.length)));
        knobs.push(knob([0.0, 2.0], 0.4, move |look| look.worn[place].as_mut().map(|garment| &mut garment.width)));
    }
    for place in 0..THINGS {
        knobs.push(knob([0.4, 2.0], 0.2, move |look| look.things[place].as_mut().map(|thing| &mut thing.size)));
    }
    knobs
}

impl Knob {
    fn turned(&self, look: &Look, by: f32) -> Option<Look> {
        let mut turned = look.clone();
        let value = (self.get)(&mut turned)?;
        let before = *value;
        *value = (*value + by).clamp(self.range[0], self.range[1]);
        (*value != before).then_some(turned)
    }
}

/// Turns all knobs in so many rounds; what it costs then.
pub(super) fn tune(
    judge: &Judge,
    look: &mut Look,
    mut cost: f32,
    knobs: &mut [Knob],
    rounds: usize,
    progress: &dyn Progress,
) -> Result<f32, DressError> {
    let firsts: Vec<f32> = knobs.iter().map(|knob| knob.step).collect();
    for _ in 0..rounds {
        for (knob, first) in knobs.iter_mut().zip(&firsts) {
            if progress.cancelled() {
                return Err(DressError::Stopped);
            }
            if knob.step < FINEST * first {
                continue;
            }
            let judged = |by: f32| match knob.turned(look, by) {
                Some(turned) => judge.cost(&turned).map(|cost| Some((cost, turned))),
                None => Ok(None),
            };
            let (more, less) = rayon::join(|| judged(knob.step), || judged(-knob.step));
            let best = [(more?, 1.0), (less?, -1.0)]
                .into_iter()
                .filter_map(|(judged, way)| judged.map(|(cost, look)| (cost, look, way)))
                .min_by(|a, b| a.0.total_cmp(&b.0));
            match best.filter(|best| best.0 < cost) {
                Some((less, better, way)) => {
                    (cost, *look) = (less, better);
                    // As long as it goes on getting better that way.
                    let step = way * knob.step;
                    while let Some(further) = knob.turned(look, step) {
                        let next = judge.cost(&further)?;
                        if next >= cost {
                            break;
                        }
                        (cost, *look) = (next, further);
                    }
                    knob.step *= 0.7;
                }
                None => knob.step *= 0.5,
            }
            progress.advance(1);
        }
    }
    knobs.iter_mut().zip(firsts).for_each(|(knob, first)| knob.step = first);
    Ok(cost)
}
