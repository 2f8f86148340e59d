//! From the pictures that a figure names to the textures that are drawn: decoded several at a time, under one budget.

use super::{Texture, Wrap};
use crate::picture::decode::{self, Budget, PictureError, Rules};
use crate::picture::halving::mean;
use crate::picture::{Picture, formats};
use rayon::prelude::*;
use std::borrow::Cow;
use std::path::Path;

/// No texture may be wider or higher.
pub(super) const MAX_SIDE_PX: u32 = Rules::TEXTURE.side_px;
/// All textures of one figure together: 256 Mpx, 1 GiB decoded.
pub(super) const MAX_PIXELS: u64 = 1 << 28;
/// What textures may have whatever the size of their files: 32 Mpx, 128 MiB decoded.
const FREE_PIXELS: u64 = 1 << 25;
/// … and for each byte of their files. Flat colours pack better than that; such textures lose nothing when they are halved.
const PIXELS_PER_BYTE: u64 = 75;

/// An image to become a [`Texture`]: its bytes, or why there are none.
#[derive(Clone, Debug)]
pub(super) struct ImageSource<'a> {
    /// File or image name, for messages and for formats only an extension tells (TGA).
    pub(super) name: String,
    /// The encoded image.
    pub(super) bytes: Result<Cow<'a, [u8]>, String>,
    /// Addressing outside [0, 1].
    pub(super) wrap: [Wrap; 2],
}

/// Name; size in pixels with the bytes, or why there are none; addressing.
type SizedSource<'a> = (String, Result<([u32; 2], Cow<'a, [u8]>), String>, [Wrap; 2]);

/// Decodes all images. One that is missing or broken becomes a white texture of one pixel, and all of those one line in
/// `warnings`: a figure without one of its textures is still worth seeing. Where all together would take more memory than
/// their files vouch for, the largest are halved.
pub(super) fn textures(sources: Vec<ImageSource>, warnings: &mut Vec<String>) -> Vec<Texture> {
    let sized: Vec<SizedSource> = sources
        .into_iter()
        .map(|ImageSource { name, bytes, wrap }| {
            let sized = bytes.and_then(|bytes| Ok((size(&name, &bytes)?, bytes)));
            (name, sized, wrap)
        })
        .collect();
    let whole = || sized.iter().filter_map(|(_, sized, _)| sized.as_ref().ok());
    let bytes = whole().map(|(_, bytes)| bytes.len() as u64).sum::<u64>();
    let budget = FREE_PIXELS.saturating_add(bytes.saturating_mul(PIXELS_PER_BYTE)).min(MAX_PIXELS);
    let side = largest_side(&whole().map(|(size, _)| *size).collect::<Vec<_>>(), budget);
    let decoded = |(name, sized, _): &SizedSource| {
        let (_, bytes) = sized.as_ref().map_err(Clone::clone)?;
        decode(name, bytes).map(|picture| shrunk(picture, side))
    };
    // What doesn't stay as large as it comes is decoded one after the other, so that it is there once at a time.
    let large = |(_, sized, _): &SizedSource| sized.as_ref().is_ok_and(|(size, _)| size.iter().any(|&s| s > side));
    let mut pictures: Vec<_> =
        sized.par_iter().map(|source| if large(source) { None } else { Some(decoded(source)) }).collect();
    for (picture, source) in pictures.iter_mut().zip(&sized) {
        picture.get_or_insert_with(|| decoded(source));
    }
    if sized.iter().any(large) {
        warnings.push(format!(
            "its textures would need more memory than can be spared and are drawn with {side} pixels a side at most"
        ));
    }
    let mut lost = Vec::new();
    let textures = sized
        .into_iter()
        .zip(pictures)
        .map(|((name, _, wrap), picture)| {
            let picture = picture.unwrap_or_else(|| Err("it was passed over".into())).unwrap_or_else(|what| {
                lost.push((name.clone(), what));
                white()
            });
            Texture { name, picture, wrap }
        })
        .collect();
    warnings.extend(lost_textures(&lost));
    textures
}

/// One sentence that names every texture that is drawn white, and why.
fn lost_textures(lost: &[(String, String)]) -> Option<String> {
    let mut told: Vec<String> = Vec::new();
    for (name, what) in lost {
        // Reasons begin with the name where a file was looked for.
        let what = what.strip_prefix(&format!("“{name}” ")).unwrap_or(what);
        let line = format!("“{name}” ({what})");
        if !told.contains(&line) {
            told.push(line);
        }
    }
    match told.as_slice() {
        [] => None,
        [one] => Some(format!("the texture {one} is drawn white")),
        all => Some(format!("{} textures are drawn white: {}", all.len(), all.join(", "))),
    }
}

/// The longest side, halved from the largest as often as needed, with which all pictures fit the budget.
fn largest_side(sizes: &[[u32; 2]], budget: u64) -> u32 {
    let mut side = MAX_SIDE_PX;
    let pixels = |side: u32| {
        let area = |&size: &[u32; 2]| shrunk_size(size, side).iter().map(|&s| u64::from(s)).product::<u64>();
        sizes.iter().map(area).sum::<u64>()
    };
    while side > 64 && pixels(side) > budget {
        side /= 2;
    }
    side
}

fn shrunk_size(mut size: [u32; 2], side: u32) -> [u32; 2] {
    while size.iter().any(|&s| s > side) {
        size = size.map(|s| (s / 2).max(1));
    }
    size
}

/// Halves a picture until no side is longer, in the memory that it has.
fn shrunk(mut picture: Picture, side: u32) -> Picture {
    let target = shrunk_size([picture.width_px, picture.height_px], side);
    while [picture.width_px, picture.height_px] != target {
        let from = [picture.width_px, picture.height_px].map(|s| s as usize);
        let to = from.map(|s| (s / 2).max(1));
        for y in 0..to[1] {
            for x in 0..to[0] {
                let (x1, y1) = ((2 * x + 1).min(from[0] - 1), (2 * y + 1).min(from[1] - 1));
                let at = |x: usize, y: usize| picture.pixels[y * from[0] + x];
                // What is written lies before all that is still to be read.
                picture.pixels[y * to[0] + x] = mean([at(2 * x, 2 * y), at(x1, 2 * y), at(2 * x, y1), at(x1, y1)]);
            }
        }
        (picture.width_px, picture.height_px) = (to[0] as u32, to[1] as u32);
        picture.pixels.truncate(to[0] * to[1]);
    }
    picture.pixels.shrink_to_fit();
    picture
}

/// One white pixel: the texture that changes nothing.
pub(super) fn white() -> Picture {
    Picture { width_px: 1, height_px: 1, pixels: vec![[255; 4]] }
}

/// True if a file of this length that begins with these bytes (64 are plenty) is a picture of a kind that is read.
pub(super) fn is_picture(start: &[u8], length: u64) -> bool {
    formats::by_content(start, length).is_some()
}

/// Decodes one image to straight-alpha RGBA. The format is recognized by content; `name`'s extension helps only where
/// content says nothing (TGA).
///
/// # Errors
/// What was wrong in plain words.
pub(super) fn decode(name: &str, bytes: &[u8]) -> Result<Picture, String> {
    // MMD's sphere maps are BMPs and PNGs under other names, which content tells.
    let decoded = decode::decode(bytes, Path::new(name), Rules::TEXTURE, &Budget::for_one());
    decoded.map(|decoded| decoded.picture).map_err(in_words)
}

fn size(name: &str, bytes: &[u8]) -> Result<[u32; 2], String> {
    decode::size(bytes, Path::new(name), Rules::TEXTURE).map(<[u32; 2]>::from).map_err(in_words)
}

/// What is to be said of a texture.
fn in_words(error: PictureError) -> String {
    match error {
        PictureError::Foreign(_) | PictureError::Archive | PictureError::Empty => {
            format!("it is no picture of a kind Settei reads ({})", formats::names())
        }
        PictureError::TooLarge { .. } => {
            format!("it is larger than {MAX_SIDE_PX}×{MAX_SIDE_PX} pixels; make it smaller")
        }
        PictureError::Damaged(what) => format!("the picture can't be decoded ({what})"),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(name: &str, bytes: Result<Vec<u8>, String>) -> ImageSource<'static> {
        ImageSource { name: name.into(), bytes: bytes.map(Cow::Owned), wrap: [Wrap::Repeat, Wrap::Clamp] }
    }

    #[test]
    fn broken_images_become_white_and_one_warning_names_them_all() {
        let good = Picture { width_px: 1, height_px: 2, pixels: vec![[1, 2, 3, 4], [5, 6, 7, 8]] };
        let mut warnings = Vec::new();
        let textures = textures(
            vec![
                source("good.bin", Ok(good.to_png().unwrap())),
                source("absent.png", Err("“absent.png” is not there".into())),
                source("text.png", Ok(b"not a picture".to_vec())),
                source("cut.png", Ok(good.to_png().unwrap()[..40].to_vec())),
            ],
            &mut warnings,
        );
        assert_eq!(textures[0].picture, good);
        assert_eq!(textures[0].wrap, [Wrap::Repeat, Wrap::Clamp]);
        assert!(textures[1..].iter().all(|t| t.picture == white()));
        assert_eq!(warnings.len(), 1);
        assert!(warnings[0].starts_with("3 textures are drawn white: “absent.png” (is not there), "), "{warnings:?}");
        assert!(["text.png", "cut.png"].iter().all(|name| warnings[0].contains(name)), "{warnings:?}");
    }

    #[test]
    fn an_image_beyond_the_limits_is_not_decoded() {
        let wide = Picture::new(MAX_SIDE_PX + 1, 1);
        let what = decode("wide.png", &wide.to_png().unwrap()).unwrap_err();
        assert!(what.contains("larger than 8192"), "{what}");
    }

    #[test]
    fn all_pictures_share_one_budget() {
        let large = [8192, 8192];
        assert_eq!(largest_side(&[large], MAX_PIXELS), 8192);
        assert_eq!(largest_side(&[large], FREE_PIXELS), 4096);
        assert_eq!(largest_side(&[large, [4096, 16]], FREE_PIXELS), 4096);
        assert_eq!(largest_side(&[large; 20], FREE_PIXELS), 1024);
        assert_eq!(largest_side(&[[64, 64]; 20], FREE_PIXELS), 8192);
        assert_eq!(shrunk_size([8192, 3], 1024), [1024, 1]);
    }

    #[test]
    fn pictures_are_halved_in_their_own_memory() {
        let mut picture = Picture::new(4, 4);
        for (i, pixel) in picture.pixels.iter_mut().enumerate() {
            *pixel = [if i % 4 < 2 { 10 } else { 20 }, 0, 0, if i < 8 { 255 } else { 0 }];
        }
        assert_eq!(shrunk(picture.clone(), 2).pixels, [[10, 0, 0, 255], [20, 0, 0, 255], [10, 0, 0, 0], [20, 0, 0, 0]]);
        assert_eq!(shrunk(picture.clone(), 1).pixels, [[15, 0, 0, 128]]);
        assert_eq!(shrunk(picture.clone(), 4), picture);
    }

    #[test]
    fn content_says_what_a_picture_is_whatever_its_name() {
        let picture = Picture { width_px: 1, height_px: 1, pixels: vec![[9, 8, 7, 255]] };
        let mut tga = vec![0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 24, 0, 7, 8, 9];
        for name in ["a.tga", "a.spa", "a.sph", "a.dds", "a"] {
            assert_eq!(decode(name, &picture.to_png().unwrap()).as_ref(), Ok(&picture), "{name}");
            assert_eq!(decode(name, &tga).as_ref(), Ok(&picture), "{name}");
        }
        assert!(is_picture(&tga, 21) && !is_picture(b"-----BEGIN PRIVATE KEY-----", 999));
        tga.truncate(18);
        assert!(decode("a.png", &tga).unwrap_err().contains("no picture"));
    }
}
