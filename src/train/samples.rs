//! Pictures of what was learned, to be looked at: the same figures held out at every measure.

use super::{RunFolder, TrainError};
use crate::picture::{Picture, of_signed};
use std::path::PathBuf;

/// Figures in a picture, beside each other.
pub const SAMPLES: usize = 6;
/// Above each other: what is drawn, what is answered, what is true.
pub const ROWS: usize = 3;
/// Pictures that a folder keeps.
const KEPT: usize = 16;

/// A cell of colours of −1 to 1.
pub(super) fn bytes(colours: &[[f32; 3]]) -> Vec<[u8; 4]> {
    colours.iter().copied().map(of_signed).collect()
}

/// A picture put together from square ones of `size_px`, straight alpha, of each figure one a row.
pub(super) fn sheet(size_px: usize, figures: &[[Vec<[u8; 4]>; ROWS]]) -> Picture {
    let mut picture = Picture::new((figures.len() * size_px) as u32, (ROWS * size_px) as u32);
    for (column, figure) in figures.iter().enumerate() {
        for (row, cell) in figure.iter().enumerate() {
            for (y, line) in cell.chunks_exact(size_px).take(size_px).enumerate() {
                let at = (row * size_px + y) * picture.width_px as usize + column * size_px;
                picture.pixels[at..at + size_px].copy_from_slice(line);
            }
        }
    }
    picture
}

impl RunFolder {
    /// Keeps the picture of a step. Where there are too many, one goes whose neighbours are near: those that stay tell of
    /// the whole time.
    ///
    /// # Errors
    /// Whatever the file system says.
    pub(super) fn save_samples(&self, step: u64, picture: &Picture) -> Result<(), TrainError> {
        let folder = self.path().join("samples");
        std::fs::create_dir_all(&folder).map_err(TrainError::writing(&folder))?;
        let path = folder.join(format!("{step:08}.png"));
        picture.save_png(&path).map_err(TrainError::writing(&path))?;
        let mut all = self.samples()?;
        while all.len() > KEPT {
            let at = densest(&all.iter().map(|(step, _)| *step).collect::<Vec<_>>());
            let (_, path) = all.remove(at);
            std::fs::remove_file(&path).map_err(TrainError::writing(&path))?;
        }
        Ok(())
    }

    /// The pictures that are kept, by their steps.
    ///
    /// # Errors
    /// Whatever the file system says.
    pub fn samples(&self) -> Result<Vec<(u64, PathBuf)>, TrainError> {
        let folder = self.path().join("samples");
        let mut found = vec![];
        if !folder.is_dir() {
            return Ok(found);
        }
        for entry in std::fs::read_dir(&folder).map_err(TrainError::reading(&folder))? {
            let path = entry.map_err(TrainError::reading(&folder))?.path();
            let step = path.file_name().and_then(|name| name.to_str()?.strip_suffix(".png")?.parse().ok());
            found.extend(step.map(|step| (step, path)));
        }
        found.sort();
        Ok(found)
    }
}

/// Which of these, neither the first nor the last, has the nearest neighbours; the earliest of several.
fn densest(steps: &[u64]) -> usize {
    let gaps = steps.windows(3).map(|three| three[2] - three[0]);
    gaps.enumerate().min_by_key(|(_, gap)| *gap).map_or(0, |(at, _)| at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::train::Settings;

    #[test]
    fn pictures_that_stay_tell_of_the_whole_time() {
        let folders = tempfile::tempdir().unwrap();
        let folder = RunFolder::create(&folders.path().join("run"), &Settings::default()).unwrap();
        assert!(folder.samples().unwrap().is_empty());
        for step in 1..=100 {
            folder.save_samples(step * 500, &Picture::new(2, 2)).unwrap();
        }
        let steps: Vec<u64> = folder.samples().unwrap().into_iter().map(|(step, _)| step).collect();
        assert_eq!((steps.len(), steps[0], steps[KEPT - 1]), (KEPT, 500, 50_000));
        let widest = steps.windows(2).map(|pair| pair[1] - pair[0]).max().unwrap();
        assert!(widest <= 4 * 50_000 / KEPT as u64, "{steps:?}");
    }

    #[test]
    fn cells_lie_in_columns_and_rows() {
        let cell = |v: u8| vec![[v, 0, 0, 255]; 4];
        let picture = sheet(2, &[[cell(1), cell(2), cell(3)], [cell(4), cell(5), cell(6)]]);
        assert_eq!([picture.width_px, picture.height_px], [4, 6]);
        assert_eq!(
            [[0, 0], [1, 3], [0, 5], [2, 1], [3, 2], [3, 5]].map(|[x, y]| picture.at(x, y)[0]),
            [1, 2, 3, 4, 5, 6]
        );
    }
}
