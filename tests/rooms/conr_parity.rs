//! The networks against numbers of the authors' released program (`conr_128_m3.npz`, `conr_256_m1.npz`, with weights
//! that follow from a rule), and the whole way from drawings to a picture against `tests/reference/conr.py`.

use crate::common::Npz;
use crate::common::rule::rule_weights;
use candle_core::{Device, Tensor};
use settei::conr::{ConrError, EncodedSheet, Features, Networks, Renderer};
use settei::picture::Picture;
use settei::progress::{Progress, Silent};
use settei::sheet::framing::frame_drawing;
use settei::sheet::{Sheet, View};
use settei::udp::Udp;
use std::sync::LazyLock;

static RENDERER: LazyLock<Renderer> = LazyLock::new(|| Renderer::new(&rule_weights("open")).unwrap());
static OPEN: LazyLock<Networks> = LazyLock::new(|| Networks::new(&rule_weights("open")).unwrap());

/// A fixture's arrays as tensors with a sample dimension, and how far our numbers are from its own.
struct Fixture(Npz);

impl Fixture {
    fn floats(&self, name: &str) -> Tensor {
        let (shape, values) = self.0.array::<f32>(name);
        Tensor::from_vec(values, shape.iter().map(|&n| n as usize).collect::<Vec<_>>(), &Device::Cpu).unwrap()
    }

    fn bytes(&self, name: &str) -> Tensor {
        let (shape, values) = self.0.array::<u8>(name);
        let values: Vec<f32> = values.into_iter().map(|v| f32::from(v) / 255.0).collect();
        Tensor::from_vec(values, shape.iter().map(|&n| n as usize).collect::<Vec<_>>(), &Device::Cpu).unwrap()
    }

    /// The networks' input: colours, alpha, landmarks and mask.
    fn inputs(&self) -> [Tensor; 4] {
        let udp = self.floats("target_udp").unsqueeze(0).unwrap();
        let (landmarks, mask) = (udp.narrow(1, 0, 3).unwrap(), udp.narrow(1, 3, 1).unwrap());
        [self.bytes("sheet_rgb"), self.bytes("sheet_alpha"), landmarks, mask]
    }

    fn assert_near(&self, name: &str, ours: &Tensor, most: f32, mean: f32) {
        let theirs = self.floats(name);
        let differences = (ours.reshape(theirs.shape()).unwrap() - theirs).unwrap().abs().unwrap();
        let values: Vec<f32> = differences.flatten_all().unwrap().to_vec1().unwrap();
        let greatest = values.iter().copied().fold(0.0, f32::max);
        let average = values.iter().sum::<f32>() / values.len() as f32;
        println!("{name}: {greatest:.1e} at most, {average:.1e} in the mean");
        assert!(greatest < most && average < mean, "{name} is off by {greatest} at most, by {average} in the mean");
    }
}

fn references(rgb: &Tensor, alpha: &Tensor) -> Tensor {
    Tensor::cat(&[&rgb.broadcast_mul(alpha).unwrap(), alpha], 1).unwrap()
}

fn message(references: &Tensor, features: &Features, target: &Features, views: usize) -> Tensor {
    OPEN.shader.decode(references, features, target, views, false).unwrap().finish().unwrap().0
}

fn agrees_with_the_released_program(file: &str) {
    let fixture = Fixture(Npz::open(file));
    let networks = &*OPEN;
    let [rgb, alpha, landmarks, mask] = fixture.inputs();

    let features = networks.detector.features(&rgb).unwrap();
    let target = networks.pose_encoder.features(&landmarks, &mask).unwrap();
    for i in 0..5 {
        let mean = |x: &Tensor| x.mean((2, 3)).unwrap();
        fixture.assert_near(&format!("sheet_feature_{i}_mean"), &mean(&features[i]), 1e-3, 1e-4);
        fixture.assert_near(&format!("pose_feature_{i}_mean"), &mean(&target[i]), 1e-3, 1e-4);
    }
    fixture.assert_near("detected_udp", &networks.detector.udp(&features).unwrap(), 2e-3, 1e-4);

    let message = message(&references(&rgb, &alpha), &features, &target, rgb.dims()[0]);
    let one_view = rgb.dims()[0] == 1;
    let shown = if one_view { message.mean((2, 3)).unwrap() } else { message.clone() };
    fixture.assert_near("remote_message", &shown, 2e-3, 1e-4);
    fixture.assert_near("rgba", &networks.rgba_decoder.forward(&message).unwrap(), 2e-3, 1e-4);
}

#[test]
fn three_views_agree_with_the_released_program() {
    agrees_with_the_released_program("conr_128_m3.npz");
}

#[test]
fn one_larger_view_agrees_with_the_released_program() {
    agrees_with_the_released_program("conr_256_m1.npz");
}

#[test]
fn the_order_of_the_views_means_nothing() {
    let fixture = Fixture(Npz::open("conr_128_m3.npz"));
    let [rgb, alpha, landmarks, mask] = fixture.inputs();
    let features = OPEN.detector.features(&rgb).unwrap();
    let target = OPEN.pose_encoder.features(&landmarks, &mask).unwrap();
    let rgba = |order: [u32; 3]| {
        let order = Tensor::new(&order, &Device::Cpu).unwrap();
        let reordered = |x: &Tensor| x.index_select(&order, 0).unwrap();
        let features = features.each_ref().map(reordered);
        let message = message(&reordered(&references(&rgb, &alpha)), &features, &target, 3);
        OPEN.rgba_decoder.forward(&message).unwrap()
    };
    let difference = (rgba([0, 1, 2]) - rgba([2, 0, 1])).unwrap().abs().unwrap().max_all().unwrap();
    let difference: f32 = difference.to_scalar().unwrap();
    println!("another order changes {difference:.1e} at most");
    assert!(difference < 1e-5, "{difference}");
}

/// Two characters of three and three views, drawn in one batch, are what each of them is alone.
#[test]
fn characters_in_one_batch_do_not_mix() {
    let fixture = Fixture(Npz::open("conr_128_m3.npz"));
    let [rgb, alpha, landmarks, mask] = fixture.inputs();
    let twice = |x: &Tensor, other: &Tensor| Tensor::cat(&[x, other], 0).unwrap();
    let another = |x: &Tensor| x.flip(&[3]).unwrap();
    let pictures = |rgb: &Tensor, alpha: &Tensor, landmarks: &Tensor, mask: &Tensor| {
        let features = OPEN.detector.features(rgb).unwrap();
        let target = OPEN.pose_encoder.features(landmarks, mask).unwrap();
        let message = message(&references(rgb, alpha), &features, &target, 3);
        OPEN.rgba_decoder.forward(&message).unwrap()
    };
    // The second character looks like the first in a mirror, its pose does not.
    let landmarks_2 = (&landmarks * 0.5).unwrap();
    let both = pictures(
        &twice(&rgb, &another(&rgb)),
        &twice(&alpha, &another(&alpha)),
        &twice(&landmarks, &landmarks_2),
        &twice(&mask, &mask),
    );
    let alone =
        [pictures(&rgb, &alpha, &landmarks, &mask), pictures(&another(&rgb), &another(&alpha), &landmarks_2, &mask)];
    let apart =
        |a: &Tensor, b: &Tensor| -> f32 { (a - b).unwrap().abs().unwrap().max_all().unwrap().to_scalar().unwrap() };
    for (i, alone) in alone.iter().enumerate() {
        let away = apart(&both.narrow(0, i, 1).unwrap(), alone);
        assert!(away < 2e-4, "character {i} is off by {away}");
    }
    assert!(apart(&alone[0], &alone[1]) > 0.01, "the characters differ");

    let features = OPEN.detector.features(&rgb).unwrap();
    let target = OPEN.pose_encoder.features(&landmarks, &mask).unwrap();
    let references = references(&rgb, &alpha);
    assert!(OPEN.shader.decode(&references, &features, &target, 2, false).is_err());
}

/// What `tests/reference/conr.py` made of two drawings and a pose of other sizes, with other weights.
struct EndToEnd {
    sheet: Sheet,
    pose: Udp,
    rendered: Vec<[u8; 4]>,
    /// The first drawing's UDP at the working size.
    detected: Vec<[f32; 4]>,
}

impl EndToEnd {
    const SIZE_PX: u32 = 128;

    fn read() -> Self {
        let npz = Npz::open("end_to_end.npz");
        let picture = |name: &str| {
            let (shape, bytes) = npz.array::<u8>(name);
            Picture { width_px: shape[1] as u32, height_px: shape[0] as u32, pixels: bytes.as_chunks().0.to_vec() }
        };
        let view = |name: &str| View {
            name: name.to_owned(),
            path: None,
            picture: picture(name),
            udp: None,
            warnings: Vec::new(),
        };
        let (shape, target) = npz.array::<f32>("target");
        let detected: Vec<f32> = npz.array::<u16>("detected").1.iter().map(|&v| f32::from(v) / 65535.0).collect();
        Self {
            sheet: Sheet { views: vec![view("sheet_0"), view("sheet_1")], ..Sheet::default() },
            pose: Udp { width_px: shape[1] as u32, height_px: shape[0] as u32, pixels: target.as_chunks().0.to_vec() },
            rendered: picture("rendered").pixels,
            detected: detected.as_chunks().0.to_vec(),
        }
    }
}

#[test]
fn drawings_and_a_pose_become_the_same_picture() {
    let case = EndToEnd::read();
    let renderer = Renderer::new(&rule_weights("spine")).unwrap();
    let encoded = renderer.encode(&case.sheet, EndToEnd::SIZE_PX, &Silent).unwrap();
    assert_eq!((encoded.views(), encoded.size_px()), (2, 128));

    let rendering = renderer.render(&encoded, &case.pose, &Silent).unwrap();
    assert_eq!((rendering.width_px, rendering.height_px), (case.pose.width_px, case.pose.height_px));
    let (ours, theirs) = (rendering.premultiplied.as_flattened(), case.rendered.as_flattened());
    assert_eq!(ours.len(), theirs.len());
    let far = |limit: u8| ours.iter().zip(theirs).filter(|(a, b)| a.abs_diff(**b) > limit).count();
    println!("of {} bytes {} differ, {} by more than 2", ours.len(), far(0), far(2));
    assert!(far(2) * 1000 <= ours.len(), "{} of {} bytes are off by more than 2", far(2), ours.len());
    assert!(far(0) * 100 <= ours.len(), "{} of {} bytes are off", far(0), ours.len());

    let view = &case.sheet.views[0];
    let detected = renderer.detect(view, EndToEnd::SIZE_PX).unwrap();
    assert_eq!((detected.width_px, detected.height_px), (view.picture.width_px, view.picture.height_px));
    let frame = frame_drawing(&view.picture, EndToEnd::SIZE_PX).frame.unwrap();
    for (ours, theirs) in detected.pixels.iter().zip(frame.paste_nearest(&case.detected, EndToEnd::SIZE_PX)) {
        if ours[3] > 0.0 {
            assert!(ours.iter().zip(theirs).all(|(a, b)| (a - b).abs() < 2e-3), "{ours:?} instead of {theirs:?}");
        } else {
            assert!(ours == &[0.0; 4] && theirs[3] < 2e-3, "{ours:?} instead of {theirs:?}");
        }
    }
}

#[test]
fn what_each_drawing_contributed_is_told_without_changing_the_picture() {
    let case = EndToEnd::read();
    let encoded = RENDERER.encode(&case.sheet, EndToEnd::SIZE_PX, &Silent).unwrap();
    let (rendering, shares) = RENDERER.explain(&encoded, &case.pose, &Silent).unwrap();
    assert_eq!(rendering, RENDERER.render(&encoded, &case.pose, &Silent).unwrap());
    assert_eq!((shares.width_px, shares.height_px, shares.views.len()), (rendering.width_px, rendering.height_px, 2));
    let sums =
        (0..rendering.premultiplied.len()).map(|i| u32::from(shares.views[0][i]) + u32::from(shares.views[1][i]));
    let (mut whole, mut none) = (0, 0);
    for sum in sums {
        assert!(sum == 0 || (254..=256).contains(&sum), "{sum}");
        *(if sum == 0 { &mut none } else { &mut whole }) += 1;
    }
    assert!(whole > 1000 && none > 100, "{whole} {none}");

    let nothing = RENDERER.explain(&encoded, &Udp::new(33, 44), &Silent).unwrap().1;
    assert_eq!(nothing.picture(), Picture::new(33, 44));
}

/// Cancels from the start.
struct Impatient;

impl Progress for Impatient {
    fn stage(&self, _: &str, _: u64) {}
    fn advance(&self, _: u64) {}
    fn cancelled(&self) -> bool {
        true
    }
}

#[test]
fn what_cannot_be_rendered_is_said() {
    let case = EndToEnd::read();
    let message = |result: Result<EncodedSheet, ConrError>| result.err().unwrap().to_string();
    assert!(message(RENDERER.encode(&Sheet::default(), 128, &Silent)).contains("no drawings"));
    for size_px in [0, 100, 192] {
        assert!(message(RENDERER.encode(&case.sheet, size_px, &Silent)).contains("multiple of 128"));
    }
    assert!(matches!(RENDERER.encode(&case.sheet, 128, &Impatient), Err(ConrError::Cancelled)));

    let blank = View { picture: Picture::new(40, 30), ..case.sheet.views[0].clone() };
    let encoded = RENDERER.encode(&Sheet { views: vec![blank.clone()], ..Sheet::default() }, 128, &Silent).unwrap();
    assert!(matches!(RENDERER.render(&encoded, &case.pose, &Impatient), Err(ConrError::Cancelled)));
    assert_eq!(RENDERER.detect(&blank, 128).unwrap(), Udp::new(40, 30));
    let nothing = RENDERER.render(&encoded, &Udp::new(33, 44), &Silent).unwrap();
    assert_eq!(nothing.to_picture(), Picture::new(33, 44));
}

mod on_the_processor {
    use super::*;
    use settei::conr::cpu::{EncodedViews, PackedNetworks};
    use settei::nn::Precision;

    static PACKED: LazyLock<PackedNetworks> =
        LazyLock::new(|| PackedNetworks::new(&rule_weights("open"), Precision::F32).unwrap());

    /// A fixture's drawings as bytes.
    fn drawings(fixture: &Fixture) -> (Vec<Vec<[u8; 4]>>, usize) {
        let (shape, rgb) = fixture.0.array::<u8>("sheet_rgb");
        let (_, alpha) = fixture.0.array::<u8>("sheet_alpha");
        let (views, size) = (shape[0] as usize, shape[2] as usize);
        let area = size * size;
        let pixel = |v: usize, i: usize| {
            let [r, g, b] = [0, 1, 2].map(|c| rgb[(3 * v + c) * area + i]);
            [r, g, b, alpha[v * area + i]]
        };
        ((0..views).map(|v| (0..area).map(|i| pixel(v, i)).collect()).collect(), size)
    }

    /// A fixture's pose: landmarks and mask.
    fn pose(fixture: &Fixture) -> (Vec<[f32; 4]>, Vec<u8>) {
        let (_, udp) = fixture.0.array::<f32>("target_udp");
        let area = udp.len() / 4;
        let landmarks: Vec<[f32; 4]> = (0..area).map(|i| [0, 1, 2, 3].map(|c| udp[c * area + i])).collect();
        let mask = landmarks.iter().map(|p| (p[3] * 255.0) as u8).collect();
        (landmarks, mask)
    }

    fn rendered(networks: &PackedNetworks, sheet: &EncodedViews, fixture: &Fixture) -> Vec<[f32; 4]> {
        let (landmarks, mask) = pose(fixture);
        networks.draw(sheet, &landmarks, &mask, false).finish().0
    }

    fn explained(sheet: &EncodedViews, fixture: &Fixture) -> (Vec<[f32; 4]>, Vec<Vec<f32>>) {
        let (landmarks, mask) = pose(fixture);
        PACKED.draw(sheet, &landmarks, &mask, true).finish()
    }

    fn planes(pixels: &[[f32; 4]]) -> Tensor {
        let values: Vec<f32> = (0..4).flat_map(|c| pixels.iter().map(move |p| p[c])).collect();
        Tensor::new(values, &Device::Cpu).unwrap()
    }

    fn agrees(file: &str) {
        let fixture = Fixture(Npz::open(file));
        let (drawings, size) = drawings(&fixture);
        let sheet = PACKED.encode(&drawings, size);
        fixture.assert_near("rgba", &planes(&rendered(&PACKED, &sheet, &fixture)), 2e-3, 1e-4);
        let udps: Vec<_> = drawings.into_iter().map(|d| planes(&PACKED.detect(d, size))).collect();
        fixture.assert_near("detected_udp", &Tensor::stack(&udps, 0).unwrap(), 2e-3, 1e-4);
    }

    #[test]
    fn three_views_agree_with_the_released_program() {
        agrees("conr_128_m3.npz");
    }

    #[test]
    fn one_larger_view_agrees_with_the_released_program() {
        agrees("conr_256_m1.npz");
    }

    /// Weights in half the memory. The fixture's weights are chance, which doubles an error from layer to layer as
    /// trained ones would not.
    #[test]
    fn half_precision_weights_change_little() {
        let fixture = Fixture(Npz::open("conr_128_m3.npz"));
        let (drawings, size) = drawings(&fixture);
        for (precision, most, mean) in [(Precision::F16, 8e-2, 5e-3), (Precision::Bf16, 2e-1, 2e-2)] {
            let networks = PackedNetworks::new(&rule_weights("open"), precision).unwrap();
            let sheet = networks.encode(&drawings, size);
            fixture.assert_near("rgba", &planes(&rendered(&networks, &sheet, &fixture)), most, mean);
        }
    }

    #[test]
    fn views_weigh_as_much_as_in_the_reference() {
        let fixture = Fixture(Npz::open("conr_128_m3.npz"));
        let [rgb, alpha, landmarks, mask] = fixture.inputs();
        let features = OPEN.detector.features(&rgb).unwrap();
        let target = OPEN.pose_encoder.features(&landmarks, &mask).unwrap();
        let references = references(&rgb, &alpha);
        let decoding = OPEN.shader.decode(&references, &features, &target, 3, true).unwrap();
        let (message, weights) = decoding.finish().unwrap();
        let weights = weights.unwrap();
        fixture.assert_near("remote_message", &message, 2e-3, 1e-4);
        let theirs: Vec<Vec<f32>> = weights.flatten_from(1).unwrap().to_vec2().unwrap();

        let (drawings, size) = drawings(&fixture);
        let sheet = PACKED.encode(&drawings, size);
        let (pixels, ours) = explained(&sheet, &fixture);
        fixture.assert_near("rgba", &planes(&pixels), 2e-3, 1e-4);
        assert_eq!(ours.len(), 3);
        for (ours, theirs) in ours.iter().zip(&theirs) {
            let away = ours.iter().zip(theirs).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
            assert!(ours.len() == theirs.len() && away < 2e-3, "{away}");
        }
        assert!(ours[0] != ours[1] && ours[1] != ours[2]);
    }

    #[test]
    fn the_order_of_views_does_not_matter() {
        let fixture = Fixture(Npz::open("conr_128_m3.npz"));
        let (mut drawings, size) = drawings(&fixture);
        let picture = rendered(&PACKED, &PACKED.encode(&drawings, size), &fixture);
        drawings.rotate_left(1);
        let turned = rendered(&PACKED, &PACKED.encode(&drawings, size), &fixture);
        let differences = picture.as_flattened().iter().zip(turned.as_flattened()).map(|(a, b)| (a - b).abs());
        assert!(differences.fold(0.0, f32::max) < 1e-5);
    }
}
