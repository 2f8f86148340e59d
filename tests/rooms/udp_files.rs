//! UDP files as programs exchange them: NumPy's own, round trips, damaged and hostile ones.

use proptest::prelude::*;
use settei::udp::{Udp, UdpFormat};
use std::path::{Path, PathBuf};

const FORMATS: [UdpFormat; 3] = [UdpFormat::Npz, UdpFormat::Exr, UdpFormat::Png];

fn reference(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference/udp").join(name)
}

/// What `tests/reference/udp/make.py` wrote.
fn reference_udp() -> Udp {
    let mut udp = Udp::new(5, 3);
    for (i, pixel) in udp.pixels.iter_mut().enumerate() {
        if (1..4).contains(&(i % 5)) {
            *pixel = [(4 * i) as f32 / 64.0, (4 * i + 1) as f32 / 64.0, (4 * i + 2) as f32 / 64.0, 1.0];
        }
    }
    udp
}

/// A sphere, with an occupancy that fades at its edge.
fn sphere(width_px: u32, height_px: u32) -> Udp {
    let mut udp = Udp::new(width_px, height_px);
    for y in 0..height_px {
        for x in 0..width_px {
            let u = (x as f32 + 0.5) / width_px as f32 * 2.0 - 1.0;
            let v = (y as f32 + 0.5) / height_px as f32 * 2.0 - 1.0;
            let z2 = 0.9 - u * u - v * v;
            if z2 > 0.0 {
                udp.pixels[(y * width_px + x) as usize] =
                    [0.5 + 0.5 * u, 0.5 - 0.5 * v, 0.5 + 0.5 * z2.sqrt(), (z2 * 20.0).min(1.0)];
            }
        }
    }
    udp
}

fn largest_difference(a: &Udp, b: &Udp) -> f32 {
    assert_eq!((a.width_px, a.height_px), (b.width_px, b.height_px));
    let (a, b) = (a.pixels.as_flattened(), b.pixels.as_flattened());
    a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max)
}

#[test]
fn numpys_files_are_read() {
    let expected = reference_udp();
    for name in ["f4-deflated", "f4-stored", "f2", "f8", "f4-big-endian", "f4-fortran", "f4-and-another"] {
        let udp = Udp::load(&reference(&format!("{name}.npz"))).unwrap();
        assert_eq!(udp, expected, "{name}");
    }
    // Occupancies of 1.004 and 0.004 are rounding and a faint edge.
    let rounded = Udp::load(&reference("rounding.npz")).unwrap();
    assert!(rounded.pixels.iter().all(|p| p[3] == 1.0 || p[3] == 0.004));
}

#[test]
fn what_is_no_udp_is_refused_with_its_reason() {
    for (name, reason) in [
        ("bad-name.npz", "an array named “i” and has: udp"),
        ("bad-channels.npz", "the array is [3, 5, 3]"),
        ("bad-layout.npz", "the array is [4, 3, 5]"),
        ("bad-type.npz", "of type |u1"),
        ("bad-nan.npz", "the y value in column 3, row 2 is NaN"),
        ("bad-range.npz", "all must lie in [0, 1]"),
        ("bad-empty.npz", "there is nothing in it"),
        ("bad-pickle.npz", "the array is [1]"),
        ("bad-bare.npy", "numpy.savez_compressed"),
        ("bad-short.npz", "5×3 pixels, 240 bytes, but holds 200 bytes"),
        ("bad-long.npz", "but holds 4194544 bytes"),
        ("bad-claim.npz", "made to fill the memory"),
        ("bad-side.npz", "the longest side may have 16384"),
        ("bad-brackets.npz", "header is damaged"),
        ("bad-header.npz", "header is damaged"),
        ("make.py", "neither an .npz, an .exr nor a 16-bit .png"),
        ("no-such-file.npz", "can't read"),
        ("", "it is a folder"),
    ] {
        let path = reference(name);
        let message = Udp::load(&path).unwrap_err().to_string();
        assert!(message.contains(reason), "{name}: {message}");
        assert!(message.contains(&path.display().to_string()), "{message}");
    }
}

#[test]
fn drawings_are_no_udps() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("drawing.png");
    settei::picture::Picture::new(40, 30).save_png(&path).unwrap();
    let message = Udp::load(&path).unwrap_err().to_string();
    assert!(message.contains("either a drawing, or a UDP saved too coarsely"), "{message}");
    image::RgbImage::new(40, 30).save(folder.path().join("opaque.jpg")).unwrap();
    let message = Udp::load(&folder.path().join("opaque.jpg")).unwrap_err().to_string();
    assert!(message.contains("neither an .npz"), "{message}");
    let rgb = image::ImageBuffer::<image::Rgb<u16>, _>::new(8, 8);
    rgb.save(&path).unwrap();
    let message = Udp::load(&path).unwrap_err().to_string();
    assert!(message.contains("four channels"), "{message}");
}

#[test]
fn all_formats_keep_a_udp_on_disk() {
    let udp = sphere(37, 23);
    let folder = tempfile::tempdir().unwrap();
    for format in FORMATS {
        let path = folder.path().join(format!("a b.{}", format.extension()));
        udp.save(&path).unwrap();
        // By content, whatever the name says.
        let renamed = folder.path().join("renamed");
        std::fs::rename(&path, &renamed).unwrap();
        let back = Udp::load(&renamed).unwrap();
        match format {
            UdpFormat::Png => assert!(largest_difference(&udp, &back) <= 0.5 / 65535.0 + 1e-7),
            _ => assert_eq!(udp, back),
        }
        assert_eq!(udp.to_bytes(format).unwrap(), std::fs::read(&renamed).unwrap(), "not reproducible");
    }
    assert!(udp.save(&folder.path().join("a.tiff")).unwrap_err().to_string().contains("choose one of"));
    assert!(udp.save(&folder.path().join("no/such/folder.npz")).unwrap_err().to_string().contains("can't write"));
}

#[test]
fn a_cropped_half_float_exr_is_put_in_its_frame() {
    use exr::prelude::{f16, *};
    let pixel = |at: Vec2<usize>| {
        (f16::from_f32(0.25), f16::from_f32(0.5), f16::from_f32(at.x() as f32 / 8.0), f16::from_f32(1.0))
    };
    let mut layer =
        Layer::new((3, 2), LayerAttributes::default(), Encoding::FAST_LOSSLESS, SpecificChannels::rgba(pixel));
    layer.attributes.layer_position = Vec2(4, 1);
    let mut image = Image::from_layer(layer);
    image.attributes.display_window = IntegerBounds::new((0, 0), (6, 4));
    let mut bytes = std::io::Cursor::new(Vec::new());
    image.write().to_buffered(&mut bytes).unwrap();
    let udp = Udp::from_bytes(bytes.get_ref()).unwrap();
    assert_eq!((udp.width_px, udp.height_px, udp.surface_points()), (6, 4, 4));
    assert_eq!(udp.at(5, 2), [0.25, 0.5, 0.125, 1.0]);
}

#[test]
fn exr_without_the_four_channels_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rgb.exr");
    exr::prelude::write_rgb_file(&path, 4, 4, |_, _| (0.5f32, 0.5f32, 0.5f32)).unwrap();
    let message = Udp::load(&path).unwrap_err().to_string();
    assert!(message.contains("four float channels"), "{message}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    /// Cut short anywhere: refused, but where only an end mark is missing.
    #[test]
    fn truncated_files_are_refused(keep in 0.0f64..1.0) {
        let udp = sphere(9, 7);
        for format in FORMATS {
            let bytes = udp.to_bytes(format).unwrap();
            let kept = (keep * (bytes.len() - 1) as f64) as usize;
            match Udp::from_bytes(&bytes[..kept]) {
                Err(_) => {}
                Ok(read) => {
                    prop_assert!(kept + 12 >= bytes.len(), "{format:?}: {kept} of {} bytes", bytes.len());
                    prop_assert_eq!(read, Udp::from_bytes(&bytes).unwrap());
                }
            }
        }
    }

    /// Bytes changed anywhere: refused, or read as something that keeps the type's promises.
    #[test]
    fn damaged_files_never_panic(damage in proptest::collection::vec((0.0f64..1.0, any::<u8>()), 1..4)) {
        let udp = sphere(9, 7);
        for format in FORMATS {
            let mut bytes = udp.to_bytes(format).unwrap();
            for &(place, value) in &damage {
                let place = (place * bytes.len() as f64) as usize;
                bytes[place] = value;
            }
            if let Ok(read) = Udp::from_bytes(&bytes) {
                prop_assert_eq!(read.pixels.len(), read.width_px as usize * read.height_px as usize);
                prop_assert!(read.pixels.as_flattened().iter().all(|v| (0.0..=1.0).contains(v)));
                prop_assert!(read.pixels.iter().all(|p| p[3] > 0.0 || *p == [0.0; 4]));
            }
        }
    }
}
