use super::*;
use image::codecs::{jpeg::JpegEncoder, png::PngEncoder, webp::WebPEncoder};
use image::{ExtendedColorType, ImageEncoder};
use moxcms::ColorProfile;

fn read(bytes: &[u8]) -> Result<Decoded, PictureError> {
    decode(bytes, Path::new("a.tga"), Rules::DRAWING, &Budget::for_one())
}

#[track_caller]
fn pixel(bytes: &[u8]) -> [u8; 4] {
    let decoded = read(bytes).unwrap();
    assert_eq!(decoded.notes, [""; 0]);
    decoded.picture.at(decoded.picture.width_px / 2, decoded.picture.height_px / 2)
}

#[track_caller]
fn near(found: [u8; 4], wanted: [u8; 4], slack: u8) {
    assert!(found.iter().zip(wanted).all(|(a, b)| a.abs_diff(b) <= slack), "{found:?}, wanted {wanted:?}");
}

/// A PNG of chunks, each with its sum.
fn png(chunks: &[(&[u8; 4], &[u8])]) -> Vec<u8> {
    let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
    for (kind, data) in chunks {
        file.extend((data.len() as u32).to_be_bytes());
        let covered = [*kind, *data].concat();
        let sum = !covered.iter().fold(!0u32, |sum, &byte| {
            (0..8).fold(sum ^ u32::from(byte), |sum, _| if sum & 1 == 1 { sum >> 1 ^ 0xedb8_8320 } else { sum >> 1 })
        });
        file.extend(covered);
        file.extend(sum.to_be_bytes());
    }
    file
}

/// One pixel, whose filter byte stands before it, as zlib stores it without packing.
fn stored(row: &[u8]) -> Vec<u8> {
    let (a, b) = row
        .iter()
        .fold((1u32, 0u32), |(a, b), &byte| ((a + u32::from(byte)) % 65521, (a + u32::from(byte) + b) % 65521));
    let length = row.len() as u16;
    [&[0x78, 1, 1][..], &length.to_le_bytes(), &(!length).to_le_bytes(), row, &(b << 16 | a).to_be_bytes()].concat()
}

/// A PNG of one RGB pixel, with chunks before it.
fn one_pixel(colour: [u8; 3], chunks: &[(&[u8; 4], &[u8])]) -> Vec<u8> {
    let head = [&1u32.to_be_bytes()[..], &1u32.to_be_bytes(), &[8, 2, 0, 0, 0]].concat();
    let data = stored(&[&[0][..], &colour].concat());
    let mut all: Vec<(&[u8; 4], &[u8])> = vec![(b"IHDR", &head)];
    all.extend(chunks);
    all.extend([(b"IDAT", &data[..]), (b"IEND", &[])]);
    png(&all)
}

/// A TIFF, little endian: tags with their values (offsets and lengths as LONG, a profile as UNDEFINED, the rest as SHORT),
/// then strips or tiles as they come.
fn tiff(tags: &[(u16, &[u32])], parts_tag: [u16; 2], parts: &[&[u8]]) -> Vec<u8> {
    let mut all: Vec<(u16, Vec<u32>)> = tags.iter().map(|(tag, values)| (*tag, values.to_vec())).collect();
    all.push((parts_tag[0], vec![0; parts.len()]));
    all.push((parts_tag[1], parts.iter().map(|part| part.len() as u32).collect()));
    all.sort();
    let kind = |tag: u16| match tag {
        34675 => (7u16, 1),
        tag if parts_tag.contains(&tag) => (4, 4),
        _ => (3, 2),
    };
    let pack = |tag: u16, values: &[u32]| -> Vec<u8> {
        values.iter().flat_map(|value| value.to_le_bytes()[..kind(tag).1].to_vec()).collect()
    };
    let head = 8 + 2 + 12 * all.len() + 4;
    let aside: usize = all.iter().map(|(tag, values)| pack(*tag, values).len()).filter(|&length| length > 4).sum();
    let mut offset = (head + aside) as u32;
    for (_, values) in all.iter_mut().filter(|(tag, _)| *tag == parts_tag[0]) {
        for (value, part) in values.iter_mut().zip(parts) {
            *value = offset;
            offset += part.len() as u32;
        }
    }
    let mut file = b"II*\0\x08\0\0\0".to_vec();
    file.extend((all.len() as u16).to_le_bytes());
    let mut beyond: Vec<u8> = Vec::new();
    for (tag, values) in &all {
        file.extend(tag.to_le_bytes());
        file.extend(kind(*tag).0.to_le_bytes());
        file.extend((values.len() as u32).to_le_bytes());
        let mut packed = pack(*tag, values);
        if packed.len() > 4 {
            file.extend(((head + beyond.len()) as u32).to_le_bytes());
            beyond.extend(packed);
        } else {
            packed.resize(4, 0);
            file.extend(packed);
        }
    }
    file.extend([0; 4]);
    file.extend(beyond);
    parts.iter().for_each(|part| file.extend(*part));
    file
}

/// Width, height, no compression, RGB and four samples of so many bits, of which the last is of this kind.
fn rgba_tags(bits: &'static [u32; 4], extra: &'static [u32; 1]) -> Vec<(u16, &'static [u32])> {
    vec![(256, &[16]), (257, &[16]), (258, bits), (259, &[1]), (262, &[2]), (277, &[4]), (338, extra)]
}

#[test]
fn associated_alpha_becomes_straight() {
    let half_red = [128u8, 0, 0, 128].repeat(256);
    let deep: Vec<u8> = [0x8000u16, 0, 0, 0x8000].iter().flat_map(|v| v.to_le_bytes()).collect::<Vec<_>>().repeat(256);
    const STRIPS: [u16; 2] = [273, 279];
    let strip = |bits, extra, data: &[u8]| {
        let mut tags = rgba_tags(bits, extra);
        tags.push((278, &[16]));
        tiff(&tags, STRIPS, &[data])
    };
    near(pixel(&strip(&[8; 4], &[1], &half_red)), [255, 0, 0, 128], 0);
    near(pixel(&strip(&[16; 4], &[1], &deep)), [255, 0, 0, 128], 0);
    // Straight alpha stays: here some colour is brighter than its alpha, there none is as bright.
    near(pixel(&strip(&[8; 4], &[2], &[140, 0, 0, 128].repeat(256))), [140, 0, 0, 128], 0);
    near(pixel(&strip(&[8; 4], &[2], &[60, 0, 0, 128].repeat(256))), [60, 0, 0, 128], 0);
    // Writers that multiply and say they don't.
    near(pixel(&strip(&[8; 4], &[2], &half_red)), [255, 0, 0, 128], 0);
    // What is transparent has no colour, and nothing gets brighter than white.
    near(pixel(&strip(&[8; 4], &[1], &[9, 9, 9, 0].repeat(256))), [0; 4], 0);
    near(pixel(&strip(&[8; 4], &[1], &[200, 100, 50, 100].repeat(256))), [255, 255, 128, 100], 0);

    let mut tiled = rgba_tags(&[8; 4], &[1]);
    tiled.extend([(322, &[16u32][..]), (323, &[16])]);
    near(pixel(&tiff(&tiled, [324, 325], &[&half_red])), [255, 0, 0, 128], 0);
    let mut planar = rgba_tags(&[8; 4], &[1]);
    planar.extend([(278, &[16u32][..]), (284, &[2])]);
    let planes: [&[u8]; 4] = [&[128; 256], &[0; 256], &[0; 256], &[128; 256]];
    near(pixel(&tiff(&planar, STRIPS, &planes)), [255, 0, 0, 128], 0);
}

#[test]
fn an_alpha_mask_that_a_bmp_leaves_empty_is_no_alpha() {
    let bmp = |pixels: [[u8; 4]; 2]| {
        let mut bytes = b"BM".to_vec();
        bytes.extend([130u32, 0, 122, 108, 2, 1].iter().flat_map(|word| word.to_le_bytes()));
        bytes.extend([1, 0, 32, 0]);
        // Masks instead of a palette.
        let masks = [0xff_0000, 0xff00, 0xff, 0xff00_0000];
        bytes.extend([3u32, 8, 0, 0, 0, 0].iter().chain(&masks).flat_map(|word| word.to_le_bytes()));
        bytes.resize(122, 0);
        bytes.extend(pixels.as_flattened());
        read(&bytes).unwrap().picture.pixels
    };
    assert_eq!(bmp([[1, 2, 3, 0], [4, 5, 6, 0]]), [[3, 2, 1, 255], [6, 5, 4, 255]]);
    assert_eq!(bmp([[1, 2, 3, 0], [4, 5, 6, 7]]), [[3, 2, 1, 0], [6, 5, 4, 7]]);
}

#[test]
fn greys_with_alpha_are_read() {
    let tags = |bits: &'static [u32; 2], extra: &'static [u32; 1], planar: &'static [u32; 1]| {
        let head: [(u16, &[u32]); 4] = [(256, &[16]), (257, &[16]), (258, bits), (259, &[1])];
        [&head[..], &[(262, &[1]), (277, &[2]), (278, &[16]), (284, planar), (338, extra)]].concat()
    };
    let half = [60u8, 128].repeat(256);
    near(pixel(&tiff(&tags(&[8; 2], &[2], &[1]), [273, 279], &[&half])), [60, 60, 60, 128], 0);
    near(pixel(&tiff(&tags(&[8; 2], &[1], &[1]), [273, 279], &[&half])), [120, 120, 120, 128], 1);
    let deep = [0, 0x40, 0, 0x80].repeat(256);
    near(pixel(&tiff(&tags(&[16; 2], &[1], &[1]), [273, 279], &[&deep])), [128, 128, 128, 128], 0);
    let planes: [&[u8]; 2] = [&[60; 256], &[128; 256]];
    near(pixel(&tiff(&tags(&[8; 2], &[2], &[2]), [273, 279], &planes)), [60, 60, 60, 128], 0);
}

#[test]
fn tiffs_are_turned_upright() {
    let mut tags = rgba_tags(&[8; 4], &[2]);
    // Stored upside down: 4 is mirrored from top to bottom.
    tags.extend([(278, &[16u32][..]), (274, &[4])]);
    let rows: Vec<u8> = (0..16u8).flat_map(|y| [10 * y, 0, 0, 255].repeat(16)).collect();
    assert_eq!(read(&tiff(&tags, [273, 279], &[&rows])).unwrap().picture.at(3, 0), [150, 0, 0, 255]);
}

/// The picture in every format that carries a profile.
fn with_profile(colour: [u8; 3], icc: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    let pixels = colour.repeat(256);
    let mut files = Vec::new();
    let mut bytes = Vec::new();
    let mut encoder = PngEncoder::new(&mut bytes);
    encoder.set_icc_profile(icc.to_vec()).unwrap();
    encoder.write_image(&pixels, 16, 16, ExtendedColorType::Rgb8).unwrap();
    files.push(("PNG", bytes));
    let mut bytes = Vec::new();
    let mut encoder = JpegEncoder::new_with_quality(&mut bytes, 100);
    encoder.set_icc_profile(icc.to_vec()).unwrap();
    encoder.write_image(&pixels, 16, 16, ExtendedColorType::Rgb8).unwrap();
    files.push(("JPEG", bytes));
    let mut bytes = Vec::new();
    let mut encoder = WebPEncoder::new_lossless(&mut bytes);
    encoder.set_icc_profile(icc.to_vec()).unwrap();
    encoder.write_image(&pixels, 16, 16, ExtendedColorType::Rgb8).unwrap();
    files.push(("WebP", bytes));
    let icc: Vec<u32> = icc.iter().map(|&byte| byte.into()).collect();
    let tags: [(u16, &[u32]); 8] = [
        (256, &[16]),
        (257, &[16]),
        (258, &[8; 3]),
        (259, &[1]),
        (262, &[2]),
        (277, &[3]),
        (278, &[16]),
        (34675, &icc),
    ];
    files.push(("TIFF", tiff(&tags, [273, 279], &[&pixels])));
    files
}

#[test]
fn profiles_of_other_spaces_become_srgb() {
    // Display P3 by LittleCMS, Adobe RGB by its published matrix.
    for (profile, colour, wanted) in [
        (ColorProfile::new_display_p3(), [200, 40, 60], [218, 0, 54]),
        (ColorProfile::new_adobe_rgb(), [180, 90, 70], [205, 90, 67]),
        (ColorProfile::new_srgb(), [201, 40, 61], [201, 40, 61]),
    ] {
        for (format, bytes) in with_profile(colour, &profile.encode().unwrap()) {
            println!("{format}: {:?}", pixel(&bytes));
            let [r, g, b] = wanted;
            near(pixel(&bytes), [r, g, b, 255], if format == "JPEG" { 4 } else { 2 });
        }
    }
}

#[test]
fn an_srgb_profile_changes_no_bit() {
    let icc = ColorProfile::new_srgb().encode().unwrap();
    let pixels: Vec<u8> = (0..=255).flat_map(|v: u8| [v, v.wrapping_mul(31), v.wrapping_mul(7)]).collect();
    let mut bytes = Vec::new();
    let mut encoder = PngEncoder::new(&mut bytes);
    encoder.set_icc_profile(icc).unwrap();
    encoder.write_image(&pixels, 16, 16, ExtendedColorType::Rgb8).unwrap();
    let decoded = read(&bytes).unwrap().picture;
    assert!(decoded.pixels.iter().zip(pixels.chunks(3)).all(|(found, put)| &found[..3] == put));
}

#[test]
fn deep_and_grey_pictures_have_their_profiles_too() {
    let p3 = ColorProfile::new_display_p3().encode().unwrap();
    let deep: Vec<u8> = [200u16, 40, 60].iter().flat_map(|v| (v * 257).to_ne_bytes()).collect();
    let mut bytes = Vec::new();
    let mut encoder = PngEncoder::new(&mut bytes);
    encoder.set_icc_profile(p3.clone()).unwrap();
    encoder.write_image(&deep, 1, 1, ExtendedColorType::Rgb16).unwrap();
    near(pixel(&bytes), [218, 0, 54, 255], 2);

    // A linear grey: 55 of 255 of the light is a grey of 128.
    for (icc, wanted) in [(ColorProfile::new_gray_with_gamma(1.0).encode().unwrap(), 128), (p3, 55)] {
        let mut bytes = Vec::new();
        let mut encoder = PngEncoder::new(&mut bytes);
        encoder.set_icc_profile(icc).unwrap();
        encoder.write_image(&[55, 200], 1, 1, ExtendedColorType::La8).unwrap();
        near(pixel(&bytes), [wanted, wanted, wanted, 200], 1);
    }
}

#[test]
fn a_profile_that_says_nothing_is_ignored_with_a_note() {
    let good = ColorProfile::new_display_p3().encode().unwrap();
    let mut inks = good.clone();
    inks[16..20].copy_from_slice(b"CMYK");
    for (icc, words) in [
        (b"no profile".to_vec(), "damaged"),
        (good[..150].to_vec(), "damaged"),
        (ColorProfile::new_gray_with_gamma(2.2).encode().unwrap(), "grey"),
        (inks, "inks"),
    ] {
        for (format, bytes) in with_profile([200, 40, 60], &icc) {
            let decoded = read(&bytes).unwrap();
            near(decoded.picture.pixels[0], [200, 40, 60, 255], 2);
            assert!(decoded.notes.len() == 1 && decoded.notes[0].contains(words), "{format}: {:?}", decoded.notes);
        }
    }
}

#[test]
fn what_a_png_says_without_a_profile_counts() {
    let four = |values: &[u32]| values.iter().flat_map(|v| v.to_be_bytes()).collect::<Vec<u8>>();
    let linear = four(&[100_000]);
    let usual = four(&[45_455]);
    let p3 = four(&[31270, 32900, 68000, 32000, 26500, 69000, 15000, 6000]);
    let srgb = four(&[31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000]);
    for (colour, chunks, wanted) in [
        ([55, 55, 55], vec![(b"gAMA", &linear[..])], [128, 128, 128]),
        ([55, 55, 55], vec![(b"gAMA", &linear[..]), (b"sRGB", &[0])], [55, 55, 55]),
        ([55, 66, 77], vec![(b"gAMA", &usual[..])], [55, 66, 77]),
        ([200, 40, 60], vec![(b"gAMA", &usual[..]), (b"cHRM", &p3[..])], [218, 0, 54]),
        ([200, 40, 60], vec![(b"cHRM", &srgb[..])], [200, 40, 60]),
        // Display P3 by number (H.273), and by a number that means nothing.
        ([200, 40, 60], vec![(b"cICP", &[12, 13, 0, 1][..])], [218, 0, 54]),
        ([200, 40, 60], vec![(b"cICP", &[99, 13, 0, 1][..])], [200, 40, 60]),
        ([200, 40, 60], vec![(b"gAMA", &[0; 4][..]), (b"cHRM", &[0; 32])], [200, 40, 60]),
    ] {
        let [r, g, b] = wanted;
        near(pixel(&one_pixel(colour, &chunks)), [r, g, b, 255], 2);
    }
}

#[test]
fn every_format_with_exif_is_turned_upright() {
    // Orientation 6: stored turned a quarter to the left. TIFF header, one entry: tag 0x112, SHORT, 1 value.
    let exif = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0".to_vec();
    let pixels = [[255, 0, 0].repeat(32 * 16), [0, 0, 255].repeat(32 * 16)].concat();
    let mut files = Vec::new();
    let mut bytes = Vec::new();
    let mut encoder = PngEncoder::new(&mut bytes);
    encoder.set_exif_metadata(exif.clone()).unwrap();
    encoder.write_image(&pixels, 32, 32, ExtendedColorType::Rgb8).unwrap();
    files.push(bytes);
    for head in [&b""[..], b"Exif\0\0"] {
        let mut bytes = Vec::new();
        let mut encoder = WebPEncoder::new_lossless(&mut bytes);
        encoder.set_exif_metadata([head, &exif].concat()).unwrap();
        encoder.write_image(&pixels, 32, 32, ExtendedColorType::Rgb8).unwrap();
        files.push(bytes);
    }
    for bytes in files {
        let picture = read(&bytes).unwrap().picture;
        near(picture.at(28, 16), [255, 0, 0, 255], 0);
        near(picture.at(4, 16), [0, 0, 255, 255], 0);
    }
}

#[test]
fn a_chunk_that_claims_more_than_the_file_has_asks_for_nothing() {
    let mut bytes = Vec::new();
    let mut encoder = WebPEncoder::new_lossless(&mut bytes);
    encoder.set_icc_profile(vec![1; 40]).unwrap();
    encoder.set_exif_metadata(vec![1; 40]).unwrap();
    encoder.write_image(&[9; 48], 4, 4, ExtendedColorType::Rgb8).unwrap();
    let exif = bytes.windows(4).rposition(|four| four == b"EXIF").unwrap();
    bytes[exif + 4..exif + 8].copy_from_slice(&[0xfe, 0xff, 0xff, 0xff]);
    let decoded = read(&bytes).unwrap();
    assert_eq!(decoded.picture.at(1, 1), [9, 9, 9, 255]);
    assert_eq!(decoded.notes.len(), 1, "forty bytes are no profile");
}

#[test]
fn a_decoder_that_panics_is_an_error_of_its_file() {
    // A palette whose length is no multiple of three.
    let head = [&1u32.to_be_bytes()[..], &1u32.to_be_bytes(), &[8, 3, 0, 0, 0]].concat();
    let data = stored(&[0, 0]);
    for length in [1, 2, 4, 5, 766, 767, 769] {
        let palette = vec![9; length];
        let file = png(&[(b"IHDR", &head), (b"PLTE", &palette), (b"IDAT", &data), (b"IEND", &[])]);
        let refused = read(&file);
        assert!(matches!(&refused, Err(PictureError::Damaged(_))), "{length}: {refused:?}");
    }
    assert!(shielded(|| -> u8 { panic!("never seen") }).is_none());
    assert_eq!(shielded(|| 5), Some(5));
}

#[test]
fn textures_are_taken_as_they_are_stored() {
    let p3 = ColorProfile::new_display_p3().encode().unwrap();
    for (format, bytes) in with_profile([200, 40, 60], &p3) {
        let decoded = decode(&bytes, Path::new("a"), Rules::TEXTURE, &Budget::for_one()).unwrap();
        near(decoded.picture.pixels[0], [200, 40, 60, 255], if format == "JPEG" { 2 } else { 0 });
    }
}

#[test]
fn large_flat_pictures_are_no_bombs() {
    // 96 million pixels in a hundred kilobytes or so.
    let mut bytes = Vec::new();
    PngEncoder::new(&mut bytes).write_image(&vec![200; 8000 * 12000], 8000, 12000, ExtendedColorType::L8).unwrap();
    assert!(bytes.len() < 2_000_000);
    let picture = read(&bytes).unwrap().picture;
    assert_eq!((picture.width_px, picture.height_px, picture.at(7999, 11999)), (8000, 12000, [200, 200, 200, 255]));
}

#[test]
fn limits_hold_before_anything_is_decoded() {
    let mut bytes = Vec::new();
    PngEncoder::new(&mut bytes).write_image(&[0; 5000], 5000, 1, ExtendedColorType::L8).unwrap();
    let (name, budget) = (Path::new("a.png"), Budget::new(30_000));
    let wide = Rules { side_px: 4999, ..Rules::DRAWING };
    assert!(matches!(decode(&bytes, name, wide, &budget), Err(PictureError::TooLarge { width_px: 5000, .. })));
    assert!(matches!(size(&bytes, name, wide), Err(PictureError::TooLarge { .. })));
    assert_eq!(size(&bytes, name, Rules::DRAWING), Ok((5000, 1)));
    // A budget is for all together; what fails costs nothing.
    assert!(decode(&bytes[..bytes.len() / 2], name, Rules::DRAWING, &budget).is_err());
    assert!(decode(&bytes, name, Rules::DRAWING, &budget).is_ok());
    let refused = decode(&bytes, name, Rules::DRAWING, &budget).unwrap_err();
    assert!(matches!(refused, PictureError::Budget { .. }), "{refused:?}");
    let profile = one_pixel([1, 2, 3], &[(b"iCCP", &[&b"bomb\0\0"[..], &stored(&[0; 60_000])].concat())]);
    assert_eq!(read(&profile).unwrap().notes.len(), 1);
}

#[test]
fn what_is_no_picture_is_named() {
    for (bytes, words) in [
        (&b"8BPS\0\x01"[..], "Photoshop"),
        (b"CSFCHUNK\0", "Clip Studio"),
        (b"\0\0\0\x20ftypavif", "AVIF"),
        (b"\0\0\0\x18ftypheic", "HEIC"),
        (b"  <svg xmlns", "SVG"),
        (b"PK\x03\x04", "archive"),
        (b"hello", "isn't read here"),
        (b"", "empty"),
    ] {
        let words_found =
            decode(bytes, Path::new("a.png"), Rules::DRAWING, &Budget::for_one()).unwrap_err().to_string();
        assert!(words_found.contains(words), "{words_found}");
    }
}

mod hostile {
    use super::*;
    use image::RgbaImage;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn damaged_pictures_never_panic(damage in proptest::collection::vec((0.0f64..1.0, any::<u8>()), 1..4), keep in 0.1f64..1.5) {
            let image = DynamicImage::ImageRgba8(RgbaImage::from_fn(20, 24, |x, y| image::Rgba([x as u8, y as u8, 99, 200])));
            let icc = ColorProfile::new_adobe_rgb().encode().unwrap();
            let profiled = with_profile([200, 40, 60], &icc).into_iter().map(|(_, bytes)| bytes);
            use ImageFormat::{Bmp, Gif, Jpeg, Png, Tga, Tiff, WebP};
            let plain = [Png, WebP, Tiff, Bmp, Gif, Tga, Jpeg].map(|format| {
                let mut bytes = Cursor::new(Vec::new());
                match format {
                    Jpeg => DynamicImage::ImageRgb8(image.to_rgb8()).write_to(&mut bytes, format),
                    _ => image.write_to(&mut bytes, format),
                }.unwrap();
                bytes.into_inner()
            });
            for mut bytes in profiled.chain(plain) {
                for &(place, value) in &damage {
                    let place = (place * bytes.len() as f64) as usize;
                    bytes[place] = value;
                }
                bytes.truncate((keep * bytes.len() as f64) as usize);
                if let Ok(decoded) = read(&bytes) {
                    let picture = decoded.picture;
                    prop_assert_eq!(picture.pixels.len(), picture.width_px as usize * picture.height_px as usize);
                }
            }
        }
    }
}

#[test]
fn tiffs_of_palettes_and_lab_are_read() {
    // Four colours, the third is asked for; two bits a pixel, rows of 16.
    let mut colours = vec![0u32; 12];
    for (channel, value) in [0xff00, 0x8000, 0x1000].into_iter().enumerate() {
        colours[4 * channel + 2] = value;
    }
    let tags = |bits: u32, map: &'static [u32]| -> Vec<(u16, &'static [u32])> {
        let bits: &'static [u32] = Box::leak(Box::new([bits]));
        vec![(256, &[16]), (257, &[16]), (258, bits), (259, &[1]), (262, &[3]), (277, &[1]), (278, &[16]), (320, map)]
    };
    let map: &'static [u32] = colours.clone().leak();
    let packed = [0b1010_1010u8; 4].repeat(16);
    assert_eq!(pixel(&tiff(&tags(2, map), [273, 279], &[&packed])), [255, 128, 16, 255]);
    // Eight bits, by a writer that fills the lower byte.
    let mut colours = vec![0u32; 768];
    (colours[7], colours[256 + 7], colours[512 + 7]) = (9, 99, 199);
    assert_eq!(pixel(&tiff(&tags(8, colours.leak()), [273, 279], &[&[7; 256]])), [9, 99, 199, 255]);
    // A map that is too short is a file that isn't read.
    assert!(read(&tiff(&tags(8, map), [273, 279], &[&[7; 256]])).is_err());

    // By colour science for Python, sRGB's red under D50: L* 54.29, a* 80.81, b* 69.89.
    let lab = |kind: &'static [u32], zero: u8| {
        let tags: [(u16, &[u32]); 7] =
            [(256, &[16]), (257, &[16]), (258, &[8; 3]), (259, &[1]), (262, kind), (277, &[3]), (278, &[16])];
        let red = [138, 81u8.wrapping_add(zero), 70u8.wrapping_add(zero)].repeat(256);
        pixel(&tiff(&tags, [273, 279], &[&red]))
    };
    near(lab(&[8], 0), [255, 0, 0, 255], 4);
    near(lab(&[9], 128), [255, 0, 0, 255], 4);
}
