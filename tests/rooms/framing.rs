//! Framing and pasting back, byte for byte as OpenCV does it (`tests/reference/framing.py`).

use crate::common::Npz;
use settei::picture::Picture;
use settei::sheet::framing::{Frame, frame_drawing, frame_pose};
use settei::udp::Udp;

struct Case {
    picture: Picture,
    size_px: u32,
    frame: Option<(i64, i64, u32)>,
    drawing: Vec<[u8; 4]>,
    near: Vec<u8>,
    mask: Vec<u8>,
    /// A result and the image it was pasted into.
    pasted: Option<(Vec<[u8; 4]>, Vec<[u8; 4]>)>,
}

fn cases() -> Vec<(String, Case)> {
    let npz = Npz::open("framing.npz");
    let names = npz.names();
    let cases: Vec<_> = names.iter().filter_map(|n| n.strip_suffix("/image")).collect();
    assert!(cases.len() > 15);
    let read = |name: &str| {
        let bytes = |array: &str| npz.array::<u8>(&format!("{name}/{array}")).1;
        let (shape, image) = npz.array::<u8>(&format!("{name}/image"));
        let frame = npz.array::<i64>(&format!("{name}/frame")).1;
        let mask = bytes("mask");
        Case {
            picture: Picture { width_px: shape[1] as u32, height_px: shape[0] as u32, pixels: pixels(&image) },
            size_px: (mask.len() as f64).sqrt() as u32,
            frame: (frame[2] > 0).then(|| (frame[0], frame[1], frame[2] as u32)),
            drawing: pixels(&bytes("drawing")),
            near: bytes("near"),
            mask,
            pasted: (frame[2] > 0).then(|| (pixels(&bytes("output")), pixels(&bytes("pasted")))),
        }
    };
    cases.iter().map(|name| ((*name).to_owned(), read(name))).collect()
}

fn pixels(bytes: &[u8]) -> Vec<[u8; 4]> {
    bytemuck::cast_slice(bytes).to_vec()
}

fn place(frame: Option<Frame>) -> Option<(i64, i64, u32)> {
    frame.map(|f| (f.left_px, f.top_px, f.side_px))
}

#[test]
fn drawings_are_cut_out_as_by_opencv() {
    for (name, case) in cases() {
        let framed = frame_drawing(&case.picture, case.size_px);
        assert_eq!(place(framed.frame), case.frame, "{name}");
        assert_eq!(framed.pixels, case.drawing, "{name}");
    }
}

#[test]
fn poses_are_cut_out_by_the_nearest_pixel() {
    for (name, case) in cases() {
        let (width_px, height_px) = (case.picture.width_px, case.picture.height_px);
        let pixels = case.picture.pixels.iter().map(|p| p.map(|v| f32::from(v) / 255.0)).collect();
        let framed = frame_pose(&Udp { width_px, height_px, pixels }, case.size_px);
        assert_eq!(place(framed.frame), case.frame, "{name}");
        let near: Vec<u8> = framed.pixels.iter().flatten().map(|v| (v * 255.0).round() as u8).collect();
        assert_eq!(near, case.near, "{name}");
        assert_eq!(framed.mask, case.mask, "{name}");
    }
}

#[test]
fn results_are_pasted_back_as_by_opencv() {
    for (name, case) in cases() {
        let Some((output, pasted)) = case.pasted else { continue };
        let frame = frame_drawing(&case.picture, case.size_px).frame.unwrap();
        assert_eq!(frame.paste(&output, case.size_px), pasted, "{name}");
    }
}

#[test]
fn a_long_thin_image_is_cut_out_without_its_square() {
    // Its square has 40,000² pixels, far more than what lies in it.
    let mut picture = Picture::new(40_000, 2);
    picture.pixels.fill([255; 4]);
    let framed = frame_drawing(&picture, 128);
    let frame = framed.frame.unwrap();
    assert_eq!(frame.side_px, 40_000);
    assert_eq!(frame.paste(&framed.pixels, 128).len(), 80_000);
}
