//! What may be said about drawings: `--view`, `--hint`, `--not`.

use super::Usage;
use crate::figure::places::place;
use crate::sheet::{BrushStroke, DrawingHints, KnownPoint, Side, View};
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
    /// What of a drawing is not the character but something beside it, as a stroke of a round brush in "front:30,200,25": the
    /// drawing's name, column and row in pixels, and the brush's radius; more points of the stroke follow a hyphen each,
    /// "front:30,200-30,320,25"
    #[arg(long, value_name = "PICTURE:X,Y[-X,Y…],R", num_args = 1.., value_parser = stroke)]
    not: Vec<Stroke>,
}

/// What is said where nobody heeds hints.
pub(super) const IN_VAIN: &str = "no detector that takes hints is at work: --view and --hint do nothing";

/// A point of a drawing that is called so.
#[derive(Clone, Debug, PartialEq)]
struct Point {
    picture: String,
    known: KnownPoint,
}

/// A stroke over a drawing that is called so.
#[derive(Clone, Debug, PartialEq)]
struct Stroke {
    picture: String,
    stroke: BrushStroke,
}

fn stroke(text: &str) -> Result<Stroke, String> {
    let form = || {
        format!("`{text}` is no stroke: one is written PICTURE:X,Y,R or PICTURE:X,Y-X,Y,R, for example front:30,200,25")
    };
    let (picture, way) = text.rsplit_once(':').ok_or_else(form)?;
    let (way, radius) = way.rsplit_once(',').ok_or_else(form)?;
    let number = |text: &str| text.trim().parse::<f32>().map_err(|_| form());
    let point = |text: &str| {
        let (x, y) = text.split_once(',').ok_or_else(form)?;
        Ok([number(x)?, number(y)?])
    };
    let points = way.split('-').map(point).collect::<Result<Vec<_>, String>>()?;
    let stroke = BrushStroke { points, radius_px: number(radius)?, erases: false }.sane().ok_or_else(form)?;
    Ok(Stroke { picture: picture.to_owned(), stroke })
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
    /// Nothing was said that a detector has to heed; what is not the character is taken away before any looks.
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
            let i = named(picture, &drawings)?;
            let [x, y] = known.at_px;
            let (width, height) = (drawings[i].picture.width_px, drawings[i].picture.height_px);
            if x >= width || y >= height {
                let what = format!("the hint at {x},{y} lies outside {picture}, which is {width}×{height} pixels");
                return Err(Usage(what).into());
            }
            hints[i].points.push(*known);
        }
        for Stroke { picture, stroke } in &self.not {
            hints[named(picture, &drawings)?].not_character.push(stroke.clone());
        }
        Ok(hints)
    }
}

/// Which drawing is called so.
fn named(picture: &str, drawings: &[&View]) -> Result<usize, Usage> {
    let file = |view: &View| view.path.as_ref().and_then(|path| path.file_name()).is_some_and(|n| n == picture);
    drawings.iter().position(|view| view.name == picture || file(view)).ok_or_else(|| {
        let names: Vec<&str> = drawings.iter().map(|view| &*view.name).collect();
        Usage(format!("no drawing is called `{picture}`; there are {}", names.join(", ")))
    })
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
            HintArgs { view: view.to_vec(), hint, not: Vec::new() }.of(drawings.iter())
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
    fn strokes_go_to_the_drawings_that_they_name() {
        let drawings = [drawing("front"), drawing("back")];
        let told = |not: &[&str]| {
            let not = not.iter().map(|text| stroke(text).unwrap()).collect();
            HintArgs { view: Vec::new(), hint: Vec::new(), not }.of(drawings.iter())
        };
        let hints = told(&["back.png:3,4,2.5", "front:5,6-7,8-9.5,1,3"]).unwrap();
        let of = |points: &[[f32; 2]], radius_px| BrushStroke { points: points.to_vec(), radius_px, erases: false };
        assert_eq!(hints[0].not_character, [of(&[[5.0, 6.0], [7.0, 8.0], [9.5, 1.0]], 3.0)]);
        assert_eq!(hints[1].not_character, [of(&[[3.0, 4.0]], 2.5)]);
        assert!(told(&["side:1,1,1"]).unwrap_err().to_string().contains("front, back"));
        for wrong in ["front", "front:1,2", "front:1,2,", "front:1,2-3,4", "front:-1,2,3", "front:1,2,NaN"] {
            assert!(stroke(wrong).unwrap_err().contains("PICTURE:X,Y,R"), "{wrong}");
        }
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
