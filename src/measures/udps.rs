//! How near an Ultra-Dense Pose is to the true one.

use super::alpha::overlap;
use super::{MeasureError, Values};
use crate::udp::Udp;
use serde::{Deserialize, Serialize};

/// A UDP beside the true one. A place counts as shown where its occupancy is above a half.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct UdpMeasures {
    /// Where both show a point; `None` where they have no pixel in common.
    pub landmarks: Option<LandmarkMeasures>,
    /// Share of the true figure's pixels where all three axes are within .02. What isn't shown is not.
    pub within_02: f64,
    /// The same within .05.
    pub within_05: f64,
    /// Share of the true figure's pixels where nothing is shown.
    pub missed: f64,
    /// Intersection over union of the outlines.
    pub iou: f64,
}

/// What the landmarks of one picture are worth.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct LandmarkMeasures {
    /// Mean absolute difference of x, y and z, the body's box being 1.
    pub l1: [f64; 3],
    /// Front and back are confused: z is nearer when it is turned round. Of many pictures, the share of such.
    pub turned: bool,
    /// Left and right are confused: x is nearer when it is mirrored.
    pub mirrored: bool,
}

impl UdpMeasures {
    /// Measures at every pixel of the true figure.
    ///
    /// # Errors
    /// UDPs of different sizes or without pixels; a true one that shows nothing.
    pub fn of(found: &Udp, truth: &Udp) -> Result<Self, MeasureError> {
        MeasureError::check([found.width_px, found.height_px], [truth.width_px, truth.height_px])?;
        let shown = |pixel: &[f32; 4]| pixel[3] > 0.5;
        let (mut figure, mut within_02, mut within_05) = (0u64, 0u64, 0u64);
        let (mut both, mut sum, mut other_x, mut other_z) = (0u64, [0.0; 3], 0.0, 0.0);
        for (f, t) in found.pixels.iter().zip(&truth.pixels).filter(|(_, t)| shown(t)) {
            figure += 1;
            if !shown(f) {
                continue;
            }
            both += 1;
            let away = |axis: usize, v: f32| f64::from((v - t[axis]).abs());
            let all = [0, 1, 2].map(|axis| away(axis, f[axis]));
            within_02 += u64::from(all.iter().all(|v| *v <= 0.02));
            within_05 += u64::from(all.iter().all(|v| *v <= 0.05));
            (0..3).for_each(|axis| sum[axis] += all[axis]);
            other_x += away(0, 1.0 - f[0]);
            other_z += away(2, 1.0 - f[2]);
        }
        if figure == 0 {
            return Err(MeasureError::NothingShown);
        }
        let share = |count: u64| count as f64 / figure as f64;
        let landmarks =
            LandmarkMeasures { l1: sum.map(|v| v / both as f64), turned: other_z < sum[2], mirrored: other_x < sum[0] };
        Ok(Self {
            landmarks: (both > 0).then_some(landmarks),
            within_02: share(within_02),
            within_05: share(within_05),
            missed: share(figure - both),
            iou: overlap(found.pixels.iter().zip(&truth.pixels).map(|(f, t)| (shown(f), shown(t)))),
        })
    }

    /// Each measure by name.
    pub fn values(&self) -> Values {
        let of = |value: fn(LandmarkMeasures) -> f64| self.landmarks.map(value);
        vec![
            ("l1_x", of(|l| l.l1[0])),
            ("l1_y", of(|l| l.l1[1])),
            ("l1_z", of(|l| l.l1[2])),
            ("within_02", Some(self.within_02)),
            ("within_05", Some(self.within_05)),
            ("turned", of(|l| f64::from(u8::from(l.turned)))),
            ("mirrored", of(|l| f64::from(u8::from(l.mirrored)))),
            ("missed", Some(self.missed)),
            ("iou", Some(self.iou)),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Ten pixels, of which the first eight are a body from left to right, nearly in front.
    fn body() -> Udp {
        let mut udp = Udp::new(5, 2);
        udp.pixels[..8].iter_mut().enumerate().for_each(|(i, p)| *p = [i as f32 / 10.0, 0.5, 0.9, 1.0]);
        udp
    }

    #[test]
    fn the_truth_itself_is_without_fault() {
        let same = UdpMeasures::of(&body(), &body()).unwrap();
        let landmarks = Some(LandmarkMeasures { l1: [0.0; 3], turned: false, mirrored: false });
        assert_eq!(same, UdpMeasures { landmarks, within_02: 1.0, within_05: 1.0, missed: 0.0, iou: 1.0 });
    }

    #[test]
    fn each_fault_has_its_number() {
        let mut found = body();
        found.pixels[0][1] += 0.03;
        found.pixels[1][1] += 0.07;
        found.pixels[2] = [0.0; 4];
        found.pixels[9] = [0.5, 0.5, 0.5, 1.0];
        let measures = UdpMeasures::of(&found, &body()).unwrap();
        let l1 = measures.landmarks.unwrap().l1;
        assert!((l1[1] - 0.1 / 7.0).abs() < 1e-6 && l1[0] == 0.0 && l1[2] == 0.0, "{l1:?}");
        let UdpMeasures { within_02, within_05, missed, iou, .. } = measures;
        assert_eq!((within_02, within_05, missed, iou), (5.0 / 8.0, 6.0 / 8.0, 1.0 / 8.0, 7.0 / 9.0));
    }

    #[test]
    fn what_is_turned_or_mirrored_is_said_so() {
        let with = |of: fn(&mut [f32; 4])| {
            let mut found = body();
            found.pixels[..8].iter_mut().for_each(of);
            let landmarks = UdpMeasures::of(&found, &body()).unwrap().landmarks.unwrap();
            (landmarks.turned, landmarks.mirrored)
        };
        assert_eq!(with(|p| p[2] = 1.0 - p[2]), (true, false));
        assert_eq!(with(|p| p[0] = 1.0 - p[0]), (false, true));
        assert_eq!(with(|p| p[1] = 0.0), (false, false));
    }

    #[test]
    fn nothing_in_common_and_nothing_at_all() {
        let nothing = Udp::new(5, 2);
        let found = UdpMeasures::of(&nothing, &body()).unwrap();
        assert_eq!((found.landmarks, found.missed, found.iou, found.within_05), (None, 1.0, 0.0, 0.0));
        assert_eq!(UdpMeasures::of(&body(), &nothing).unwrap_err(), MeasureError::NothingShown);
        let sizes = MeasureError::Sizes { drawn_px: [5, 3], truth_px: [5, 2] };
        assert_eq!(UdpMeasures::of(&Udp::new(5, 3), &body()).unwrap_err(), sizes);
    }
}
