//! UDP as a 16-bit RGBA PNG: value · 65535, straight alpha, no colour space.

use super::{MAX_SIDE_PX, Udp, check_size};
use crate::picture::decode::shielded;
use image::codecs::png::{PngDecoder, PngEncoder};
use image::{ColorType, ExtendedColorType, ImageDecoder, ImageEncoder, Limits};
use std::io::{self, Cursor};

pub(super) fn read(bytes: &[u8]) -> Result<Udp, String> {
    shielded(|| decode(bytes)).unwrap_or_else(|| Err("the file is damaged; export or download it again".into()))
}

fn decode(bytes: &[u8]) -> Result<Udp, String> {
    let damaged = |e| format!("the file is damaged ({e}); export or download it again");
    let mut limits = Limits::no_limits();
    (limits.max_image_width, limits.max_image_height) = (Some(MAX_SIDE_PX as u32), Some(MAX_SIDE_PX as u32));
    // For what goes beside the pixels: text, profiles.
    limits.max_alloc = Some(64 << 20);
    let decoder = PngDecoder::with_limits(Cursor::new(bytes), limits).map_err(damaged)?;
    let (width_px, height_px) = decoder.dimensions();
    match decoder.color_type() {
        ColorType::Rgba16 => {}
        ColorType::Rgb16 | ColorType::La16 | ColorType::L16 => {
            return Err("it has 16 bits but not the four channels x, y, z, occupancy; save it as 16-bit RGBA".into());
        }
        _ => {
            return Err("it is an 8-bit picture: either a drawing, or a UDP saved too coarsely for landmarks; \
                        give a UDP saved as .npz, .exr or 16-bit RGBA .png"
                .into());
        }
    }
    check_size(width_px.into(), height_px.into(), 8, bytes.len() as u64)?;
    let mut values = vec![0u16; width_px as usize * height_px as usize * 4];
    decoder.read_image(bytemuck::cast_slice_mut(&mut values)).map_err(damaged)?;
    let (pixels, _) = values.as_chunks::<4>();
    let pixels = pixels.iter().map(|p| p.map(|v| f32::from(v) / 65535.0)).collect();
    Ok(Udp { width_px, height_px, pixels })
}

pub(super) fn write(udp: &Udp) -> io::Result<Vec<u8>> {
    let values: Vec<u16> = udp.pixels.as_flattened().iter().map(|v| (v * 65535.0).round() as u16).collect();
    let mut bytes = Vec::new();
    PngEncoder::new(&mut bytes)
        .write_image(bytemuck::cast_slice(&values), udp.width_px, udp.height_px, ExtendedColorType::Rgba16)
        .map_err(io::Error::other)?;
    Ok(bytes)
}
