//! What landmark transfer makes of small scenes.

use super::*;
use glam::Vec3;

const SKIN: [u8; 4] = [250, 220, 205, 255];
const SKIRT: [u8; 4] = [40, 50, 110, 255];
const SIZE_PX: [u32; 2] = [40, 60];

/// A picture and its UDP from what each pixel (column, row) shows: landmark and colour.
fn scene(shows: impl Fn(f32, f32) -> Option<([f32; 3], [u8; 4])>) -> (Picture, Udp) {
    let [width, height] = SIZE_PX;
    let (mut picture, mut udp) = (Picture::new(width, height), Udp::new(width, height));
    for (i, (colour, pixel)) in picture.pixels.iter_mut().zip(&mut udp.pixels).enumerate() {
        if let Some(([x, y, z], shown)) = shows((i as u32 % width) as f32, (i as u32 / width) as f32) {
            (*pixel, *colour) = ([x, y, z, 1.0], shown);
        }
    }
    (picture, udp)
}

/// A leg, and in front of it something that hangs down.
fn leg(column: f32, row: f32) -> [f32; 3] {
    [0.3 + 0.005 * column, 0.9 - 0.005 * row, 0.5]
}

fn shown(drawing: &(Picture, Udp)) -> Drawn<'_> {
    Drawn { picture: &drawing.0, udp: &drawing.1, confidence: None }
}

fn drawn(drawing: &(Picture, Udp), target: &Udp) -> Picture {
    Transfer::of(&[shown(drawing)], None, &Silent).unwrap().render(target).picture
}

fn close(a: [u8; 4], b: [u8; 4]) -> bool {
    a.iter().zip(b).all(|(a, b)| a.abs_diff(b) < 12)
}

#[test]
fn what_hung_before_a_limb_leaves_no_bruise_on_it() {
    let hem = 30.0;
    let drawing = scene(|x, y| {
        let [u, v, w] = leg(x, y);
        Some(if y < hem { ([u, v, w + 0.05], SKIRT) } else { ([u, v, w], SKIN) })
    });
    let bare = scene(|x, y| Some((leg(x, y), SKIN))).1;
    let drawn = drawn(&drawing, &bare);
    for y in 4..56 {
        assert!(close(drawn.at(20, y), SKIN), "row {y}: {:?}", drawn.at(20, y));
    }
}

#[test]
fn a_part_traced_beside_the_silhouette_is_no_hole() {
    let mut drawing = scene(|x, y| Some((leg(x, y), SKIN)));
    for row in drawing.0.pixels.chunks_exact_mut(SIZE_PX[0] as usize) {
        row[22..].fill([0; 4]);
    }
    let drawn = drawn(&drawing, &drawing.1);
    for x in [4, 18, 22, 26, 36] {
        assert!(close(drawn.at(x, 30), SKIN), "column {x}: {:?}", drawn.at(x, 30));
    }
    // A drawing beside which all of its UDP lies shows nothing.
    drawing.0.pixels.fill([0; 4]);
    assert!(matches!(Transfer::of(&[shown(&drawing)], None, &Silent).err(), Some(TransferError::NothingSeen)));
}

#[test]
fn landmarks_that_were_only_found_may_be_off() {
    let drawing = scene(|x, y| Some((leg(x, y), SKIN)));
    let beside = scene(|x, y| Some((leg(x, y).map(|v| v + 0.008), SKIN))).1;
    let sure = vec![255; 2400];
    let known = |confidence| {
        let transfer = Transfer::of(&[Drawn { confidence, ..shown(&drawing) }], None, &Silent).unwrap();
        transfer.render(&beside).confidence[30 * 40 + 20]
    };
    assert!(known(None) < 100 && known(Some(&sure)) > 200, "{} {}", known(None), known(Some(&sure)));
}

#[test]
fn who_is_sure_is_believed() {
    let [skin, skirt] = [SKIN, SKIRT].map(|colour| scene(|x, y| Some((leg(x, y), colour))));
    let (sure, doubtful) = (vec![255; 2400], vec![3; 2400]);
    let of = |a, b| {
        let drawings = [Drawn { confidence: Some(a), ..shown(&skin) }, Drawn { confidence: Some(b), ..shown(&skirt) }];
        Transfer::of(&drawings, None, &Silent).unwrap().render(&skin.1).picture.at(20, 30)
    };
    assert!(close(of(&sure, &doubtful), SKIN) && close(of(&doubtful, &sure), SKIRT));
    let halfway = of(&sure, &sure);
    assert!(!close(halfway, SKIN) && !close(halfway, SKIRT), "{halfway:?}");
}

/// A flat figure of stripes from its top down: the part of each, and where it ends in landmarks.
fn stripes(stripes: &[(usize, f32)]) -> Arc<Parts> {
    let tops = [1.0].into_iter().chain(stripes.iter().map(|s| s.1));
    let stripe = |(top, &(part, bottom)): (f32, &(usize, f32))| {
        let [a, b, c, d] =
            [[0.0, top], [1.0, top], [1.0, bottom], [0.0, bottom]].map(|[x, y]: [f32; 2]| Vec3::new(x, y, 0.5));
        [([a, c, b], part), ([a, d, c], part)]
    };
    Arc::new(Parts::new(tops.zip(stripes).flat_map(stripe)))
}

/// A surface of rows far enough apart for its stripes to be told apart.
fn down(column: f32, row: f32) -> [f32; 3] {
    [0.3 + 0.01 * column, 0.9 - 0.012 * row, 0.5]
}

#[test]
fn a_closing_lid_is_skin_and_neither_lash_nor_iris() {
    const IRIS: [u8; 4] = [60, 110, 200, 255];
    const LASH: [u8; 4] = [30, 20, 30, 255];
    let drawing = scene(|x, y| {
        let colour = if y < 30.0 {
            SKIN
        } else if y < 32.0 {
            LASH
        } else {
            IRIS
        };
        Some((down(x, y), colour))
    });
    let parts = stripes(&[(0, down(0.0, 29.5)[1]), (1, down(0.0, 31.5)[1]), (2, 0.0)]);
    // The last two rows of skin, drawn out over the whole eye.
    let closed = scene(|x, y| Some((down(x, 27.5 + y / 32.0), SKIN))).1;
    let transfer = Transfer::of(&[shown(&drawing)], Some(parts), &Silent).unwrap();
    let drawn = transfer.render(&closed).picture;
    for y in 4..56 {
        assert!(close(drawn.at(20, y), SKIN), "row {y}: {:?}", drawn.at(20, y));
    }
}

#[test]
fn what_nobody_drew_has_the_colour_of_its_material() {
    // A skirt, skin below it; what the figure wears below that is of the skirt's cloth.
    let drawing = scene(|x, y| (y < 40.0).then(|| (down(x, y), if y < 20.0 { SKIRT } else { SKIN })));
    let parts = stripes(&[(0, down(0.0, 19.5)[1]), (1, down(0.0, 39.5)[1]), (0, 0.0)]);
    let lower = scene(|x, y| Some((down(x, 30.0 + 0.5 * y), SKIN))).1;
    let transfer = Transfer::of(&[shown(&drawing)], Some(parts), &Silent).unwrap();
    let drawn = transfer.render(&lower).picture;
    assert!((4..17).all(|y| close(drawn.at(20, y), SKIN)));
    assert!((23..56).all(|y| close(drawn.at(20, y), SKIRT)), "{:?}", drawn.at(20, 40));
}

#[test]
fn nothing_is_grey_that_nobody_drew() {
    let drawing = scene(|x, y| (y < 20.0).then(|| (leg(x, y), SKIRT)));
    let far = scene(|x, y| Some(([0.9 - 0.005 * x, 0.005 * y, 0.1], SKIN))).1;
    let drawn = drawn(&drawing, &far);
    assert!((4..56).all(|y| close(drawn.at(20, y), SKIRT)), "{:?}", drawn.at(20, 30));
}
