//! All measures of two pictures.

use super::*;
use serde::{Deserialize, Serialize};

/// How like the truth a picture is; `None` where a measure has no value or too little room.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct PictureMeasures {
    /// [`psnr`] in dB; `None` where the pictures are equal.
    pub psnr_db: Option<f64>,
    /// [`edge_psnr`] in dB; `None` where edges are equal.
    pub edges_db: Option<f64>,
    /// [`l1`].
    pub l1: f64,
    /// [`ssim`].
    pub ssim: Option<f64>,
    /// [`ms_ssim`].
    pub ms_ssim: Option<MultiScale>,
    /// [`gmsd`].
    pub gmsd: Option<f64>,
    /// The mean of a [`FlipMap`].
    pub flip: f64,
    /// [`line_chamfer`].
    pub line_chamfer: f64,
    /// [`alpha_l1`].
    pub alpha_l1: f64,
    /// [`alpha_iou`].
    pub alpha_iou: f64,
}

impl PictureMeasures {
    /// Measures everything, and gives the map of what a viewer notices.
    pub fn of(pair: &Pair) -> (Self, FlipMap) {
        let map = FlipMap::of(pair);
        let measures = Self {
            psnr_db: Some(psnr(pair)).filter(|db| db.is_finite()),
            edges_db: Some(edge_psnr(pair)).filter(|db| db.is_finite()),
            l1: l1(pair),
            ssim: ssim(pair),
            ms_ssim: ms_ssim(pair),
            gmsd: gmsd(pair),
            flip: map.mean(),
            line_chamfer: line_chamfer(pair),
            alpha_l1: alpha_l1(pair),
            alpha_iou: alpha_iou(pair),
        };
        (measures, map)
    }

    /// Each measure by name.
    pub fn values(&self) -> Values {
        vec![
            ("psnr_db", self.psnr_db),
            ("edges_db", self.edges_db),
            ("l1", Some(self.l1)),
            ("ssim", self.ssim),
            ("ms_ssim", self.ms_ssim.map(|several| several.value)),
            ("gmsd", self.gmsd),
            ("flip", Some(self.flip)),
            ("line_chamfer", Some(self.line_chamfer)),
            ("alpha_l1", Some(self.alpha_l1)),
            ("alpha_iou", Some(self.alpha_iou)),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measures::testing::{drawing, noisy};
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(6))]

        #[test]
        fn equal_pictures_are_perfect_and_worse_noise_is_worse(seed in 0u32..1000) {
            let truth = drawing([96, 90], seed);
            let of = |strength| PictureMeasures::of(&Pair::whole(&noisy(&truth, strength), &truth).unwrap()).0;
            let [same, some, more] = [0, 24, 96].map(of);
            let perfect = PictureMeasures {
                psnr_db: None,
                edges_db: None,
                l1: 0.0,
                gmsd: Some(0.0),
                flip: 0.0,
                line_chamfer: 0.0,
                alpha_l1: 0.0,
                alpha_iou: 1.0,
                ..same
            };
            prop_assert_eq!(same, perfect);
            let several = |measures: PictureMeasures| measures.ms_ssim.unwrap().value;
            prop_assert!((same.ssim.unwrap() - 1.0).abs() < 1e-12 && (several(same) - 1.0).abs() < 1e-12);
            for ((name, some), (_, more)) in some.values().into_iter().zip(more.values()) {
                let (some, more) = (some.unwrap(), more.unwrap());
                match name {
                    "psnr_db" | "edges_db" => prop_assert!(some > more, "{name}: {some} {more}"),
                    "ssim" | "ms_ssim" => prop_assert!(1.0 > some && some > more, "{name}: {some} {more}"),
                    "alpha_l1" | "alpha_iou" => prop_assert_eq!(some, more),
                    _ => prop_assert!(0.0 < some && some < more, "{name}: {some} {more}"),
                }
            }
        }
    }

    #[test]
    fn the_smallest_pictures_have_what_measures_they_can() {
        let one = crate::picture::Picture { width_px: 1, height_px: 1, pixels: vec![[9, 9, 9, 255]] };
        let (measures, map) = PictureMeasures::of(&Pair::in_figure_box(&one, &one).unwrap());
        assert_eq!((measures.ssim, measures.ms_ssim, measures.gmsd), (None, None, None));
        assert_eq!((measures.flip, measures.line_chamfer, map.heat().pixels.len()), (0.0, 0.0, 1));
    }
}
