use super::*;
use crate::export::kept::{Kept, Turn, fingerprint};
use crate::figure::landmarks::MapPreset;
use crate::figure::load;
use crate::pose::{CameraView, library};
use crate::raster::{RasterChoice, Rasterizer, Subject};
use serde_json::Value;
use std::sync::Arc;

const SIZE_PX: [u32; 2] = [96, 128];
const NOTE: &str = "0123456789abcdef";

fn shot(pose: &str, yaw_deg: f32) -> (Shot, Skeleton) {
    let figure = load::from_bytes("mio.vrm", include_bytes!("../../assets/mio.vrm")).unwrap();
    let rasterizer = Rasterizer::new(RasterChoice::Cpu).unwrap();
    let subject = Arc::new(Subject::new(rasterizer, figure, MapPreset::default()).unwrap());
    let skeleton = Skeleton::new(&subject);
    let pose = library::find(pose).unwrap().1;
    (subject.shoot(&pose, &CameraView::new(yaw_deg, 0.0), SIZE_PX).unwrap(), skeleton)
}

fn json(shot: &Shot, skeleton: &Skeleton, layer: Layer) -> Value {
    match layer.draw(shot, SIZE_PX, skeleton, NOTE).unwrap() {
        Content::File(bytes) => serde_json::from_slice(&bytes).unwrap(),
        Content::Picture(_) => panic!("a picture"),
    }
}

/// x, y, confidence of a list's points.
fn points(json: &Value, list: &str) -> Vec<[f64; 3]> {
    let numbers = json["people"][0][list].as_array().unwrap();
    numbers.chunks_exact(3).map(|point| [0, 1, 2].map(|i| point[i].as_f64().unwrap())).collect()
}

#[test]
fn every_layer_shows_the_same_figure_and_is_kept_with_what_it_shows() {
    let (shot, skeleton) = shot("wave", 30.0);
    let there: Vec<bool> = shot.udp(SIZE_PX).unwrap().pixels.iter().map(|pixel| pixel[3] > 0.5).collect();
    let folder = tempfile::tempdir().unwrap();
    for &layer in <Layer as clap::ValueEnum>::value_variants() {
        let kept = Kept::open(&folder.path().join(layer.name()), false).unwrap();
        let Turn::Mine(claim) = kept.turn(&format!("a_1{}", layer.ending()), NOTE).unwrap() else { panic!("taken") };
        let bytes = claim.bytes(layer.draw(&shot, SIZE_PX, &skeleton, NOTE).unwrap()).unwrap();
        let path = claim.write(&bytes).unwrap();
        assert_eq!(fingerprint(&path).as_deref(), Some(NOTE), "{layer:?}");
        match layer {
            Layer::Udp => {
                let read = crate::udp::Udp::load(&path).unwrap();
                assert_eq!(read, *shot.udp(SIZE_PX).unwrap());
            }
            Layer::Depth => {
                let read = ::exr::prelude::read_first_flat_layer_from_file(&path).unwrap();
                let channel = &read.layer_data.channel_data.list[0];
                assert_eq!(channel.name.to_string(), "Z");
                let near: Vec<bool> = channel.sample_data.values_as_f32().map(|depth| depth < 100.0).collect();
                assert_eq!(near, there);
            }
            Layer::Ids => {
                let picture = image::open(&path).unwrap().to_rgba8();
                let alpha: Vec<bool> = picture.pixels().map(|pixel| pixel.0[3] == 255).collect();
                assert_eq!(alpha, there);
                let colours: std::collections::BTreeSet<_> = picture.pixels().map(|pixel| pixel.0).collect();
                assert!(colours.len() > 4, "{colours:?}");
            }
            Layer::Toon | Layer::Lines => {
                let picture = image::open(&path).unwrap().to_rgba8();
                let covered = picture.pixels().filter(|pixel| pixel.0[3] > 127).count();
                let figure = there.iter().filter(|there| **there).count();
                let all = if layer == Layer::Toon { figure * 9 / 10..figure * 2 } else { figure / 20..figure * 2 / 3 };
                assert!(all.contains(&covered), "{layer:?}: {covered} of {figure}");
            }
            Layer::Openpose => {
                let picture = image::open(&path).unwrap().to_rgba8();
                assert!(picture.pixels().all(|pixel| pixel.0[3] == 255));
                let lit = picture.pixels().filter(|pixel| pixel.0[..3] != [0; 3]).count();
                assert!((200..6000).contains(&lit), "{lit}");
            }
            Layer::Body18 | Layer::Body25 => {}
        }
    }
    // All of them, side by side, are no strangers to the painted frames.
    Kept::open(folder.path(), false).unwrap();
    std::fs::write(folder.path().join("toon/mine.txt"), "mine").unwrap();
    assert!(Kept::open(folder.path(), false).is_err());
}

#[test]
fn the_skeleton_has_its_points_where_the_bones_are() {
    let (front, skeleton) = shot("t", 0.0);
    let whole = json(&front, &skeleton, Layer::Body18);
    assert_eq!((&whole["canvas_width"], &whole["canvas_height"]), (&96.into(), &128.into()));
    let body = points(&whole, "pose_keypoints_2d");
    assert_eq!(body.len(), 18);
    let [x, y] = [0, 1].map(|axis| move |body: &[[f64; 3]], i: usize| body[i][axis]);
    assert!(body.iter().all(|point| point[2] == 1.0), "{body:?}");
    // Seen from the front the figure's right is at the left: wrists, elbows and shoulders from there on.
    let across: Vec<f64> = [4, 3, 2, 1, 5, 6, 7].map(|i| x(&body, i)).to_vec();
    assert!(across.is_sorted(), "{across:?}");
    assert!((x(&body, 4) + x(&body, 7) - 96.0).abs() < 1.0);
    // From top to bottom.
    let down: Vec<f64> = [14, 0, 1, 8, 9, 10].map(|i| y(&body, i)).to_vec();
    assert!(down.is_sorted(), "{down:?}");
    let ears = [16, 14, 0, 15, 17].map(|i| x(&body, i));
    assert!(ears.is_sorted() && ears[4] - ears[0] > 3.0, "{ears:?}");

    let all = points(&json(&front, &skeleton, Layer::Body25), "pose_keypoints_2d");
    assert_eq!((all.len(), &all[..8], &all[9..19]), (25, &body[..8], &body[8..]));
    assert!((all[8][0] - 48.0).abs() < 1.0 && all[19..].iter().all(|foot| foot[2] > 0.0), "{all:?}");
    // Big toes are nearer to the middle than small ones.
    assert!(all[19][0] < all[20][0] && all[22][0] > all[23][0]);
    for (list, side) in [("hand_left_keypoints_2d", 7), ("hand_right_keypoints_2d", 4)] {
        let hand = points(&whole, list);
        assert_eq!(hand.len(), 21);
        assert_eq!(hand[0], body[side]);
        // Fingertips are farther out than their roots.
        assert!((hand[12][0] - 48.0).abs() > (hand[9][0] - 48.0).abs());
    }
    assert_eq!(points(&whole, "face_keypoints_2d").len(), 70);

    // From the side the far arm is hidden, from behind left is at the left.
    let (side, skeleton) = shot("stand", 90.0);
    let body = points(&json(&side, &skeleton, Layer::Body18), "pose_keypoints_2d");
    let sure = [[2, 3, 4], [5, 6, 7]].map(|arm| arm.map(|i| body[i][2]));
    assert!(sure.iter().any(|arm| arm.contains(&1.0)) && sure.iter().any(|arm| arm.contains(&0.3)), "{sure:?}");
    let (back, skeleton) = shot("t", 180.0);
    let body = points(&json(&back, &skeleton, Layer::Body18), "pose_keypoints_2d");
    assert!(body[7][0] < body[4][0]);
}
