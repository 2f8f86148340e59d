//! PG² as it was learned.

use super::super::course::Course as _;
use super::super::{RunFolder, State, Taught, TrainError};
use super::{Guiding, Nets, batch, copied};
use crate::nn::kernels::Pool;
use crate::psgan::{Keypoints, keypoint_inputs};

/// Both stages as they were learned, ready to draw.
pub struct Guide {
    nets: Nets,
    values: Vec<f32>,
    pub(super) refines: bool,
    size_px: usize,
    pool: Pool,
}

impl Guide {
    /// Of the latest checkpoint of a training.
    ///
    /// # Errors
    /// A folder that is none of such a training, has no checkpoint, or a damaged one.
    pub fn open(folder: &RunFolder) -> Result<Self, TrainError> {
        let (settings, state) = folder.learned(Taught::Pg2, "no PG² learns in it")?;
        let guiding = Guiding::of(&settings)?;
        state.check(guiding.numbers(), folder.path())?;
        Ok(guiding.guide(&state))
    }

    /// How many numbers both stages have.
    pub fn parameters(&self) -> usize {
        self.nets.ends[1]
    }

    /// Side of its pictures.
    pub fn size_px(&self) -> usize {
        self.size_px
    }

    /// Somebody of whom there is a picture, in another pose: both pictures of that side, colours of −1 to 1.
    ///
    /// # Panics
    /// When there are not as many pixels.
    pub fn draw(&self, source: &[[f32; 3]], keypoints: &Keypoints) -> Vec<[f32; 3]> {
        let pictures = || batch(source, self.size_px, &self.pool);
        let points = keypoint_inputs(std::slice::from_ref(keypoints), &self.pool);
        let mut run = self.nets.coarse.run(&self.values, [pictures(), points], &self.pool);
        if self.refines {
            let coarse = copied(run.result(0), &self.pool);
            run = self.nets.refine.run(&self.values, [coarse, pictures()], &self.pool);
        }
        let made = run.result(0);
        let pixel = |i: usize| made.pixel(0, i / self.size_px, i % self.size_px);
        (0..self.size_px * self.size_px).map(|i| [0, 1, 2].map(|c| pixel(i)[c].clamp(-1.0, 1.0))).collect()
    }
}

impl Guiding {
    /// Both stages as a state's average has them; the first alone, where no more was learned.
    pub fn guide(&self, state: &State) -> Guide {
        let (nets, values) = (Nets::new(&self.settings), state.averaged.clone());
        let second = self.settings.stages.get(1).map_or(u64::MAX, |stage| stage.from);
        let refines = state.progress.step > second;
        Guide { nets, values, refines, size_px: self.settings.measure_px, pool: Pool::default() }
    }
}
