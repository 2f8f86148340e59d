use super::*;
use crate::udp::Udp;

/// A body and an arm before it, whose landmarks are far apart; `from` says which point of both (in sides) is seen.
fn figure(size: [u32; 2], from: impl Fn([f32; 2]) -> [f32; 2]) -> Udp {
    let mut udp = Udp::new(size[0], size[1]);
    for (i, pixel) in udp.pixels.iter_mut().enumerate() {
        let at = [i % size[0] as usize, i / size[0] as usize];
        let [u, v] = from([0, 1].map(|axis| (at[axis] as f32 + 0.5) / size[axis] as f32));
        if (u - 0.6).abs() < 0.05 && (0.3..0.7).contains(&v) {
            *pixel = [0.9 - 0.3 * v, 0.75, 0.45 + 0.5 * (u - 0.6), 1.0];
        } else if (u - 0.5).abs() < 0.25 && (0.1..0.9).contains(&v) {
            *pixel = [0.3 + 0.5 * (u - 0.25), 0.9 * v, 0.5, 1.0];
        }
    }
    udp
}

/// How far places are from `wanted`, in pixels of the drawing, mean and 99 of a hundred.
fn away(pose: &Udp, places: &[[f32; 2]], side: f32, wanted: impl Fn([f32; 2]) -> [f32; 2]) -> [f32; 2] {
    let (width, height) = (pose.width_px as usize, pose.height_px as usize);
    let mut all: Vec<f32> = (0..places.len())
        .filter(|&i| pose.pixels[i][3] > 0.5)
        .map(|i| {
            let own = [(i % width) as f32 + 0.5, (i / width) as f32 + 0.5];
            let wanted = wanted([own[0] / width as f32, own[1] / height as f32]);
            (wanted[0] - places[i][0]).hypot(wanted[1] - places[i][1]) * side
        })
        .collect();
    all.sort_by(f32::total_cmp);
    [all.iter().sum::<f32>() / all.len() as f32, all[all.len() * 99 / 100]]
}

#[test]
fn points_are_found_where_they_went() {
    let still = |p: [f32; 2]| p;
    let turned = |p: [f32; 2]| {
        let (x, y) = (p[0] - 0.5, p[1] - 0.5);
        [0.5 + 0.9 * (0.96 * x - 0.28 * y), 0.52 + 0.9 * (0.28 * x + 0.96 * y)]
    };
    for (size, side) in [([128, 128], 128.0), ([96, 160], 128.0), ([500, 500], 300.0)] {
        let drawing = figure([side as u32; 2], still);
        let pose = figure(size, turned);
        let (source, target) = (Source::new(&drawing, None), Target::new(&pose));
        let found = source.find(&target);
        let [mean, most] = away(&pose, found.places(), side, turned);
        println!("{size:?} from {side}: {mean:.2} px, 99 % within {most:.2}");
        assert!(mean < 0.006 * side && most < 0.02 * side, "{mean} {most}");
        let sure = source.confidence(&target, &found);
        let surely = |there: bool| {
            let all: Vec<f32> =
                (0..sure.len()).filter(|&i| (pose.pixels[i][3] > 0.5) == there).map(|i| sure[i]).collect();
            all.iter().sum::<f32>() / all.len() as f32
        };
        assert!(surely(true) > 0.95 && surely(false) == 0.0);
        for step in [1u32, 2, 4, 16] {
            let cells = found.cells(step as usize);
            assert_eq!(cells.len(), (size[0].div_ceil(step) * size[1].div_ceil(step)) as usize);
            let columns = size[0].div_ceil(step) as usize;
            for (i, place) in cells.iter().enumerate() {
                let middle = [i % columns, i / columns].map(|at| (at as f32 + 0.5) * step as f32);
                let own = [0, 1].map(|axis| middle[axis] / size[axis] as f32);
                // At the figure's edge a cell is one or the other.
                let first = [i % columns, i / columns].map(|at| at as u32 * step);
                let inside = |at: [u32; 2]| (0..2).all(|axis| at[axis] < size[axis]);
                let cell = (0..step * step).map(|k| [first[0] + k % step, first[1] + k / step]);
                let off = cell.filter(|&at| inside(at)).map(|[x, y]| {
                    let wanted = if pose.at(x, y)[3] > 0.5 { turned(own) } else { own };
                    (place[0] - wanted[0]).hypot(place[1] - wanted[1])
                });
                let off = off.fold(f32::INFINITY, f32::min);
                assert!(off < 0.03, "{step}: {place:?} of {own:?} is off by {off}");
            }
        }
    }
    // A picture lies upon itself.
    let drawing = figure([128; 2], still);
    let found = Source::new(&drawing, None).find(&Target::new(&drawing));
    assert!(away(&drawing, found.places(), 128.0, still)[0] < 0.35);
}

#[test]
fn what_a_drawing_does_not_show_is_not_sure() {
    let drawing = figure([128; 2], |[u, v]| if v < 0.5 { [u, v] } else { [2.0, v] });
    let pose = figure([128; 2], |p| p);
    let (source, target) = (Source::new(&drawing, None), Target::new(&pose));
    let sure = source.confidence(&target, &source.find(&target));
    let at = |x: usize, y: usize| sure[y * 128 + x];
    assert!(at(50, 40) > 0.9 && at(50, 100) < 0.05 && at(2, 2) == 0.0, "{} {}", at(50, 40), at(50, 100));
}

/// Two bodies side by side; the left one's landmarks are doubted.
#[test]
fn a_place_that_is_doubted_counts_for_less() {
    let twice = |[u, v]: [f32; 2]| [0.25 + (2.0 * u).fract() / 2.0, v];
    let (drawing, pose) = (figure([128; 2], twice), figure([128; 2], |p| p));
    let spread: Vec<f32> = (0..128 * 128).map(|i| if i % 128 < 64 { 0.15 } else { 0.004 }).collect();
    let [believed, doubted] = [[0.004, 0.004], [0.15, 0.15]].map(|[a, b]: [f32; 2]| {
        let spread: Vec<f32> = (0..128 * 128).map(|i| if i % 128 < 64 { a } else { b }).collect();
        let source = Source::new(&drawing, Some(&spread));
        let target = Target::new(&pose);
        source.confidence(&target, &source.find(&target)).iter().sum::<f32>()
    });
    assert!(doubted < 0.2 * believed, "{doubted} of {believed}");
    let pose = Target::new(&pose);
    let found = Source::new(&drawing, Some(&spread)).find(&pose);
    let shown = &pose.levels.last().unwrap().shown;
    let right = shown.iter().filter(|shown| found.places()[shown.at as usize][0] > 0.5).count();
    assert!(right * 100 > shown.len() * 85, "{right} of {}", shown.len());
}

#[test]
fn odd_pictures_do_no_harm() {
    let whole = figure([64; 2], |p| p);
    let mut broken = whole.clone();
    broken.pixels.iter_mut().step_by(7).for_each(|p| p[1] = f32::NAN);
    broken.pixels.iter_mut().step_by(11).for_each(|p| p[0] = f32::INFINITY);
    let mut dot = Udp::new(1, 1);
    dot.pixels[0] = [0.5, 0.5, 0.5, 1.0];
    let mut pictures = vec![whole, broken, dot, Udp::new(0, 0), Udp::new(40, 3), Udp::new(1, 200)];
    pictures.push(figure([3, 90], |p| p));
    for drawing in &pictures {
        let spread = vec![f32::NAN; drawing.pixels.len()];
        for source in [Source::new(drawing, None), Source::new(drawing, Some(&spread))] {
            for pose in &pictures {
                let target = Target::new(pose);
                let found = source.find(&target);
                assert_eq!(found.places().len(), pose.pixels.len());
                assert!(found.places().iter().flatten().all(|v| v.is_finite()));
                let sure = source.confidence(&target, &found);
                assert!(sure.len() == pose.pixels.len() && sure.iter().all(|v| (0.0..=1.0001).contains(v)));
            }
        }
    }
}
