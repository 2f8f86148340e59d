//! What may be said about drawings: `--view`, `--hint`.

use super::Usage;
use crate::figure::places::place;
use crate::sheet::{DrawingHints, KnownPoint, Side, View};
use anyhow::Result;
use clap::Args;

/// What the user says about drawings that have no Ultra-Dense Pose; our own detector heeds it.
#[derive(Args)]
pub(super) struct HintArgs {
    /// From which side each drawing shows the body: front, three-quarter-left, left, back-left, back, back-right, right,
    /// three-quarter-right (the body's own left and right); one for all drawings, or one for each
    #[arg(long, value_name = "SIDE", num_args = 1..)]
    view: Vec<Side>,
    /// A point of a drawing and what it shows, as in --hint "front:120,48=left eye": the drawing's name, column and row
    /// in pixels, and a place of the body (nose, chin, left elbow … or a landmark x,y,z)
    #[arg(long, value_name = "PICTURE:X,Y=PLACE", num_args = 1.., value_parser = point)]
    hint: Vec<Point>,
}

/// What is said where nobody heeds hints.
pub(super) const IN_VAIN: &str = "no detector that takes hints is at work: --view and --hint do nothing";

/// A point of a drawing that is called so.
#[derive(Clone, Debug, PartialEq)]
struct Point {
    picture: String,
    known: KnownPoint,
}

fn point(text: &str) -> Result<Point, String> {
    let form = || format!("`{text}` is no hint: one is written PICTURE:X,Y=PLACE, for example front:120,48=nose");
    let (at, what) = text.rsplit_once('=').ok_or_else(form)?;
    let (picture, at) = at.rsplit_once(':').ok_or_else(form)?;
    let (x, y) = at.split_once(',').ok_or_else(form)?;
    let pixel = |number: &str| number.trim().parse::<u32>().map_err(|_| form());
    let known = KnownPoint { at_px: [pixel(x)?, pixel(y)?], landmark: place(what)?.to_array() };
    Ok(Point { picture: picture.to_owned(), known })
}

impl HintArgs {
    /// Nothing was said.
    pub(super) fn is_empty(&self) -> bool {
        self.view.is_empty() && self.hint.is_empty()
    }

    /// What was said about each drawing.
    pub(super) fn of<'a>(&self, drawings: impl Iterator<Item = &'a View>) -> Result<Vec<DrawingHints>> {
        let drawings: Vec<&View> = drawings.collect();
        if !matches!(self.view.len(), 0 | 1) && self.view.len() != drawings.len() {
            let (sides, drawings) = (self.view.len(), drawings.len());
            let how = "give one --view for all drawings, or one for each";
            return Err(Usage(format!("there are {sides} sides for {drawings} drawings; {how}")).into());
        }
        let side = |i: usize| self.view.get(i).or_else(|| self.view.first().filter(|_| self.view.len() == 1)).copied();
        let mut hints: Vec<_> =
            (0..drawings.len()).map(|i| side(i).map(DrawingHints::from).unwrap_or_default()).collect();
        for Point { picture, known } in &self.hint {
            let file =
                |view: &View| view.path.as_ref().and_then(|path| path.file_name()).is_some_and(|n| n == &**picture);
            let Some(i) = drawings.iter().position(|view| view.name == *picture || file(view)) else {
                let names: Vec<&str> = drawings.iter().map(|view| &*view.name).collect();
                let what = format!("no drawing is called `{picture}`; there are {}", names.join(", "));
                return Err(Usage(what).into());
            };
            let [x, y] = known.at_px;
            let (width, height) = (drawings[i].picture.width_px, drawings[i].picture.height_px);
            if x >= width || y >= height {
                let what = format!("the hint at {x},{y} lies outside {picture}, which is {width}×{height} pixels");
                return Err(Usage(what).into());
            }
            hints[i].points.push(*known);
        }
        Ok(hints)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::picture::Picture;

    fn drawing(name: &str) -> View {
        let picture = Picture::new(40, 60);
        View { name: name.into(), path: Some(format!("a/{name}.png").into()), picture, udp: None, warnings: Vec::new() }
    }

    #[test]
    fn hints_go_to_the_drawings_that_they_name() {
        let drawings = [drawing("front"), drawing("back")];
        let told = |view: &[Side], hint: &[&str]| {
            let hint = hint.iter().map(|text| point(text).unwrap()).collect();
            HintArgs { view: view.to_vec(), hint }.of(drawings.iter())
        };
        let hints =
            told(&[Side::Front, Side::Back], &["back.png:3,4=nape", "front:5,6=0.5,0.25,1", "back:0,59=left-heel"])
                .unwrap();
        assert_eq!((hints[0].view_deg, hints[1].view_deg), (Some(0.0), Some(180.0)));
        assert_eq!(hints[0].points, [KnownPoint { at_px: [5, 6], landmark: [0.5, 0.25, 1.0] }]);
        assert_eq!(hints[1].points.len(), 2);
        assert!(told(&[Side::Left], &[]).unwrap().iter().all(|hints| hints.view_deg == Some(90.0)));
        assert!(told(&[], &[]).unwrap().iter().all(DrawingHints::is_empty));
        let refused = |view: &[Side], hint: &[&str]| told(view, hint).unwrap_err().to_string();
        assert!(refused(&[Side::Front; 3], &[]).contains("3 sides for 2 drawings"));
        assert!(refused(&[], &["side:1,1=nose"]).contains("front, back"));
        assert!(refused(&[], &["front:40,1=nose"]).contains("40×60"));
    }

    #[test]
    fn what_is_no_hint_is_told_how_one_is_written() {
        for wrong in ["front", "front:1,2", "front=nose", "front:1=nose", "front:-1,2=nose"] {
            assert!(point(wrong).unwrap_err().contains("PICTURE:X,Y=PLACE"), "{wrong}");
        }
        assert!(point("front:1,2=tail").unwrap_err().contains("left knee"));
        assert_eq!(point("C:front:1,2=nose").unwrap().picture, "C:front");
    }
}
