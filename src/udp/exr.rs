//! UDP as OpenEXR: R, G, B the landmark, A the occupancy; 32-bit floats are written, half floats are read too.

use super::{Udp, check_size};
use exr::meta::MetaData;
use exr::meta::attribute::SampleType;
use exr::prelude::*;
use std::io::{self, Cursor};

pub(super) fn read(bytes: &[u8]) -> std::result::Result<Udp, String> {
    let damaged = |e| match e {
        Error::NotSupported(what) => format!("it uses a part of OpenEXR that isn't read here ({what})"),
        other => format!("the file is damaged ({other}); export or download it again"),
    };
    let meta = MetaData::read_from_buffered(Cursor::new(bytes), false).map_err(damaged)?;
    for header in &meta.headers {
        let Vec2(width, height) = header.layer_size;
        // Whatever its channels are, this is what decoding may allocate.
        let pixel_bytes: usize = header.channels.list.iter().map(|c| c.sample_type.bytes_per_sample()).sum();
        check_size(width as u64, height as u64, pixel_bytes.max(16) as u64, bytes.len() as u64)?;
    }
    let Some(header) = meta.headers.iter().find(|h| !h.deep && has_rgba(&h.channels)) else {
        return Err("it must have four float channels R, G, B (the landmark) and A (the occupancy); \
                    write them with 32 bits each"
            .into());
    };
    // Compositing programs may store only the part of the frame that has something in it.
    let frame = header.shared_attributes.display_window;
    let Vec2(width, height) = frame.size;
    check_size(width as u64, height as u64, 16, bytes.len() as u64)?;
    let offset = header.own_attributes.layer_position - frame.position;
    let create = move |_: Vec2<usize>, _: &RgbaChannels| vec![[0.0; 4]; width * height];
    let set = move |pixels: &mut Vec<[f32; 4]>, at: Vec2<usize>, (r, g, b, a): (f32, f32, f32, f32)| {
        let column = usize::try_from(at.x() as i64 + offset.x() as i64);
        let row = usize::try_from(at.y() as i64 + offset.y() as i64);
        if let (Ok(column), Ok(row)) = (column, row)
            && column < width
            && row < height
        {
            pixels[row * width + column] = [r, g, b, a];
        }
    };
    let image = exr::prelude::read()
        .no_deep_data()
        .largest_resolution_level()
        .rgba_channels(create, set)
        .first_valid_layer()
        .all_attributes()
        .from_buffered(Cursor::new(bytes))
        .map_err(damaged)?;
    Ok(Udp { width_px: width as u32, height_px: height as u32, pixels: image.layer_data.channel_data.pixels })
}

/// Four float channels at full resolution.
fn has_rgba(channels: &exr::meta::attribute::ChannelList) -> bool {
    ["R", "G", "B", "A"].iter().all(|name| {
        channels.list.iter().any(|c| c.name.eq(name) && c.sample_type != SampleType::U32 && c.sampling == Vec2(1, 1))
    })
}

pub(super) fn write(udp: &Udp) -> io::Result<Vec<u8>> {
    let size = (udp.width_px as usize, udp.height_px as usize);
    let pixel = |at: Vec2<usize>| {
        let [x, y, z, occupancy] = udp.pixels[at.y() * size.0 + at.x()];
        (x, y, z, occupancy)
    };
    let layer = Layer::new(size, LayerAttributes::default(), Encoding::SMALL_LOSSLESS, SpecificChannels::rgba(pixel));
    let mut bytes = Cursor::new(Vec::new());
    Image::from_layer(layer).write().to_buffered(&mut bytes).map_err(io::Error::other)?;
    Ok(bytes.into_inner())
}
